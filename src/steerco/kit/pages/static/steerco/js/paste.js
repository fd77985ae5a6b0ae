// Cells copied from a spreadsheet, pasted anywhere in an import box: <form data-sc-paste> with a <textarea> takes them as
// tab-separated text, says their size in [data-sc-paste-size] and fires sc-pasted, on which hx-trigger asks for a preview.

export function sizeOf(text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
  return { rows: lines.length, columns: Math.max(...lines.map((line) => line.split("\t").length)) };
}

export function startPaste() {
  document.addEventListener("paste", (event) => {
    const box = event.target.closest?.("[data-sc-paste]");
    const area = box?.querySelector("textarea");
    const text = event.clipboardData?.getData("text/plain");
    if (!area || !text?.trim()) return;
    if (event.target !== area && event.target.matches("input, textarea, select")) return;
    event.preventDefault();
    // setRangeText keeps what stands around the cursor, where the field already held something.
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    const { rows, columns } = sizeOf(area.value);
    for (const size of box.querySelectorAll("[data-sc-paste-size]")) {
      size.textContent = size.dataset.scPasteSize.replace("{rows}", rows).replace("{columns}", columns);
    }
    box.dispatchEvent(new CustomEvent("sc-pasted", { bubbles: true, detail: { rows, columns } }));
  });
}
