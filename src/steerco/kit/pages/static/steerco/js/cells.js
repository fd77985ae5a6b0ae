// Editing in a table. The contract with the server:
//   <td data-sc-cell="risk-42-title" data-sc-edit tabindex="0"
//       hx-get=".../edit" hx-trigger="sc-edit" hx-target="this" hx-swap="innerHTML">text</td>
// answers with <form data-sc-editor hx-post="..." hx-target="closest td" hx-swap="innerHTML">…</form>; the post answers
// with the new text, or with the form again, `data-sc-unsaved`, and status 422 (error) or 409 (conflict). Such a form is
// saved by Enter alone: to overwrite what a colleague wrote is a decision, leaving the cell is none.

const before = new WeakMap(); // cell -> the nodes that it held before its editor came
let following = null; // cell to open once the present one is saved

function cellOf(element) {
  return element.closest?.("[data-sc-cell]");
}

function open(cell) {
  if (cell && !cell.querySelector("[data-sc-editor]")) cell.dispatchEvent(new CustomEvent("sc-edit", { bubbles: true }));
}

function unsaved(form) {
  return "scUnsaved" in form.dataset;
}

function changed(form) {
  return [...form.elements].some((field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return "defaultValue" in field && field.value !== field.defaultValue;
  });
}

function close(cell, focus) {
  const nodes = before.get(cell);
  cell.classList.remove("sc-editing");
  if (nodes) cell.replaceChildren(...nodes);
  before.delete(cell);
  if (focus) cell.focus();
}

function save(form) {
  const cell = cellOf(form);
  if (unsaved(form) || changed(form)) form.requestSubmit();
  else {
    close(cell, !following);
    open(following);
    following = null;
  }
}

function neighbour(cell, back) {
  const all = [...document.querySelectorAll("[data-sc-edit]")];
  return all[all.indexOf(cell) + (back ? -1 : 1)] || null;
}

function keyInEditor(event, form) {
  const cell = cellOf(form);
  if (event.key === "Escape") {
    following = null;
    close(cell, true);
  } else if (event.key === "Enter" && (event.target.tagName !== "TEXTAREA" || event.ctrlKey)) {
    save(form);
  } else if (event.key === "Tab") {
    const fields = [...form.elements].filter((field) => field.type !== "hidden" && !field.disabled);
    const edge = event.shiftKey ? fields[0] : fields.at(-1);
    if (event.target !== edge || unsaved(form)) return;
    following = neighbour(cell, event.shiftKey);
    save(form);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

export function startCells() {
  document.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-sc-edit]");
    if (cell && !event.target.closest("a, button, input, select, textarea") && getSelection().isCollapsed) open(cell);
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const form = event.target.closest?.("[data-sc-editor]");
    if (form) keyInEditor(event, form);
    else if (event.target.matches?.("[data-sc-edit]") && ["Enter", "F2"].includes(event.key)) {
      event.preventDefault();
      open(event.target);
    }
  });
  document.addEventListener("focusout", (event) => {
    const form = event.target.closest?.("[data-sc-editor]");
    // Focus that has gone nowhere left with the window; the editor waits for its return.
    const left = event.relatedTarget && !form?.contains(event.relatedTarget);
    if (form?.isConnected && left && (!unsaved(form) || changed(form))) save(form);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const cell = event.detail.target;
    if (cell?.matches?.("[data-sc-cell]") && !cell.querySelector("[data-sc-editor]")) {
      before.set(cell, [...cell.childNodes].map((node) => node.cloneNode(true)));
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const cell = cellOf(event.detail.elt);
    if (!cell) return;
    const field = cell.querySelector("[data-sc-editor] :is(input:not([type='hidden']), select, textarea)");
    cell.classList.toggle("sc-editing", Boolean(field));
    if (field) {
      field.focus();
      field.select?.();
    } else {
      before.delete(cell);
      const next = following;
      following = null;
      if (next?.isConnected) open(next);
    }
  });
}
