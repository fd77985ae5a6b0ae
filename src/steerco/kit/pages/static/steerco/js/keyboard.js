// Single keys: / search, ? help, g and a letter to go somewhere, j and k through rows, e, Enter or F2 to edit, x to
// select. All of them can be switched off (WCAG 2.1.4): html[data-sc-keys="off"].

const TYPING = "input, select, textarea, [contenteditable='true'], [role='textbox']";
const WAIT_MS = 1200;

function rows() {
  const list = document.querySelector("[data-sc-list]");
  return list ? [...list.querySelectorAll("[data-sc-row]")].filter((row) => row.offsetParent !== null) : [];
}

function current() {
  return document.querySelector("[data-sc-row].sc-row-current");
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(current());
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))];
  current()?.classList.remove("sc-row-current");
  next.classList.add("sc-row-current");
  const focusable = next.querySelector("a[href], [data-sc-edit], input") || next;
  if (focusable === next) next.tabIndex = -1;
  focusable.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function press(selector, within = document) {
  const element = within.querySelector(selector);
  element?.click();
  return Boolean(element);
}

function act(key, going) {
  if (going) {
    const link = document.querySelector(`[data-sc-go="${CSS.escape(key)}"]`);
    link?.click();
    return Boolean(link);
  }
  switch (key) {
    case "/": {
      const search = document.querySelector("[data-sc-search]");
      search?.focus();
      search?.select?.();
      return Boolean(search);
    }
    case "?": {
      const help = document.querySelector("dialog[data-sc-help]");
      if (help && !help.open) help.showModal();
      return Boolean(help);
    }
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "x":
      return Boolean(current()) && press("[data-sc-select]", current());
    case "e":
      return current() ? edit(current()) : press("[data-sc-edit-page]");
    default:
      return false;
  }
}

function edit(row) {
  const cell = row.querySelector("[data-sc-edit]");
  if (cell) cell.dispatchEvent(new CustomEvent("sc-edit", { bubbles: true }));
  return cell ? true : press("[data-sc-edit-row]", row);
}

export function startKeyboard() {
  let goingUntil = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.documentElement.dataset.scKeys === "off") return;
    if (event.target.closest(TYPING) && !event.target.matches("input[type='checkbox'], input[type='radio']")) return;
    if (document.querySelector("dialog[open]")) return;
    const going = event.timeStamp < goingUntil;
    goingUntil = 0;
    if (event.key === "g" && !going) {
      goingUntil = event.timeStamp + WAIT_MS;
      return;
    }
    if (act(event.key, going)) event.preventDefault();
  });
}
