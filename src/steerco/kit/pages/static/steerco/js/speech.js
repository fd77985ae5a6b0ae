// What is said after a swap, and where focus goes. The server words it: an element with data-sc-announce in the
// answer, or the events sc-announce and sc-toast in its HX-Trigger header.

function region(id, role, css) {
  let found = document.getElementById(id);
  if (!found) {
    found = document.createElement("div");
    found.id = id;
    found.className = css;
    found.setAttribute("role", role);
    found.setAttribute("aria-live", "polite");
    document.body.append(found);
  }
  return found;
}

export function announce(text) {
  const live = region("sc-live", "status", "visually-hidden");
  live.textContent = "";
  // A change in a later frame is read even when the words are the same as before.
  requestAnimationFrame(() => {
    live.textContent = text;
  });
}

export function toast({ text, action, href, close = "×", seconds = 8 }) {
  const box = document.createElement("div");
  const words = document.createElement("span");
  const shut = document.createElement("button");
  box.className = "sc-toast";
  words.textContent = text;
  shut.type = "button";
  shut.textContent = close;
  shut.addEventListener("click", () => box.remove());
  box.append(words);
  if (action && href) {
    const undo = document.createElement("button");
    undo.type = "button";
    undo.textContent = action;
    undo.addEventListener("click", () => {
      box.remove();
      window.htmx.ajax("POST", href, { source: document.body, swap: "none" });
    });
    box.append(undo);
  }
  box.append(shut);
  region("sc-toasts", "status", "sc-toasts").append(box);
  // Somebody who is about to press Undo is not interrupted (WCAG 2.2.1).
  setTimeout(function leave() {
    if (box.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else box.remove();
  }, seconds * 1000);
}

export function startSpeech() {
  let leaving = null;
  document.addEventListener("sc-announce", (event) => announce(event.detail.value ?? event.detail.text));
  document.addEventListener("sc-toast", (event) => toast(event.detail));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    leaving = null;
    if (active && event.detail.target?.contains(active)) {
      leaving = { cell: active.closest("[data-sc-cell]")?.dataset.scCell, id: active.id, name: active.name };
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.elt;
    const news = target.matches?.("[data-sc-announce]") ? target : target.querySelector?.("[data-sc-announce]");
    if (news) announce(news.dataset.scAnnounce || news.textContent.trim());
    if (!leaving || (document.activeElement && document.activeElement !== document.body)) return;
    const { cell, id, name } = leaving;
    leaving = null;
    const next =
      target.querySelector?.("[autofocus], [aria-invalid='true']") ||
      (cell && document.querySelector(`[data-sc-cell="${CSS.escape(cell)}"]`)) ||
      (id && document.getElementById(id)) ||
      (name && target.querySelector?.(`[name="${CSS.escape(name)}"]`)) ||
      target;
    if (!next.matches("a, button, input, select, textarea, [tabindex]")) next.tabIndex = -1;
    next.focus({ preventScroll: true });
  });
}
