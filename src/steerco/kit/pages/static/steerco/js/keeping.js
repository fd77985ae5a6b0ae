// What is typed into a form that saves itself is not lost when the page is left between two savings: it is sent as the
// page goes. [data-sc-keeps] is the element that saves; it names the form. While something is unsaved no page says
// “saved”.

const SENT_APART = ["idempotency_key"]; // the key of the form's own submission

export function startKeeping() {
  for (const saver of document.querySelectorAll("[data-sc-keeps]")) {
    const form = document.querySelector(saver.dataset.scKeeps);
    if (form) keep(saver, form);
  }
}

function keep(saver, form) {
  let typed = 0;
  let kept = 0;
  const note = (event) => {
    if (event.target.form !== form) return;
    typed += 1;
    document.querySelector("#sc-saved [data-sc-saved]")?.remove();
  };
  document.addEventListener("input", note);
  document.addEventListener("change", note);
  form.addEventListener("submit", () => { kept = typed; });
  saver.addEventListener("htmx:beforeRequest", () => {
    const sent = typed;
    saver.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) kept = sent; }, { once: true });
  });
  const send = () => {
    if (kept === typed) return;
    kept = typed;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !SENT_APART.includes(name)) body.append(name, value);
    }
    navigator.sendBeacon(saver.getAttribute("hx-post"), body);
  };
  window.addEventListener("pagehide", send);
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
}
