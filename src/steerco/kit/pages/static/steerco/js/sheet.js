// A sheet of amounts: <form data-sc-sheet> with inputs in a table. Up, Down and Enter go along a column; what a
// spreadsheet pastes into a cell goes to <form data-sc-sheet-paste> with the cell as its beginning, and is looked at there.

function below(field, step) {
  const cell = field.closest("td");
  const column = [...cell.parentElement.children].indexOf(cell);
  let row = cell.parentElement;
  do row = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  while (row && !row.children[column]?.querySelector("input"));
  return row?.children[column].querySelector("input");
}

export function startSheet() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || !event.target.matches?.("[data-sc-sheet] td input")) return;
    const step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
    if (!step || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    const next = below(event.target, step);
    next?.focus();
    next?.select();
  });
  document.addEventListener("paste", (event) => {
    if (!event.target.matches?.("[data-sc-sheet] td input")) return;
    const text = event.clipboardData?.getData("text/plain") || "";
    const form = document.querySelector("[data-sc-sheet-paste]");
    if (!form || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const [, year, month, kind, nature] = event.target.name.split("-");
    form.elements.block.value = text;
    form.elements.at_line.value = `${kind}-${nature}`;
    form.elements.at_month.value = `${year}-${month}`;
    form.requestSubmit();
  });
}
