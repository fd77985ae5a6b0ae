// Selecting rows for a bulk action: inside [data-sc-bulk-scope], a table with [data-sc-select-all] and one
// [data-sc-select] per row, and a bar [data-sc-bulk] whose [data-sc-bulk-count] says how many. The boxes belong to the
// bar's form by their form attribute: a form around the table could not hold the forms of edited cells.

function scope(element) {
  return element.closest("[data-sc-bulk-scope]") || document;
}

function boxes(within) {
  return [...within.querySelectorAll("[data-sc-select]")];
}

function show(within) {
  const all = boxes(within);
  const chosen = all.filter((box) => box.checked);
  for (const box of all) box.closest("[data-sc-row]")?.setAttribute("aria-selected", String(box.checked));
  for (const head of within.querySelectorAll("[data-sc-select-all]")) {
    head.checked = chosen.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  for (const count of within.querySelectorAll("[data-sc-bulk-count]")) count.textContent = String(chosen.length);
  for (const bar of within.querySelectorAll("[data-sc-bulk]")) bar.hidden = chosen.length === 0;
}

export function startSelection() {
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-sc-select]");
    if (box) {
      const all = boxes(scope(box));
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      if (event.shiftKey && from >= 0) for (const between of all.slice(from, to + 1)) between.checked = box.checked;
      last = box;
      show(scope(box));
    }
    if (event.target.closest("[data-sc-select-none]")) {
      const within = scope(event.target);
      for (const one of boxes(within)) one.checked = false;
      show(within);
    }
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-sc-select-all]")) return;
    const within = scope(event.target);
    for (const box of boxes(within)) box.checked = event.target.checked;
    show(within);
  });
  document.addEventListener("htmx:load", () => document.querySelectorAll("[data-sc-bulk]").forEach((bar) => show(scope(bar))));
}
