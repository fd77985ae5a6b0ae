// Seconds in which a form was really worked on: the page is shown and something was done in the last half minute.
// Counted into input[data-sc-activity] of the form; what was sent starts from zero again.

const IDLE = 30;

export function startActivity() {
  const counter = document.querySelector("[data-sc-activity]");
  if (!counter) return;
  let last = performance.now();
  const note = () => { last = performance.now(); };
  for (const kind of ["input", "pointerdown", "keydown", "scroll"]) document.addEventListener(kind, note, { passive: true });
  setInterval(() => {
    const idle = (performance.now() - last) / 1000;
    if (!document.hidden && idle < IDLE) counter.value = String(Number(counter.value) + 1);
  }, 1000);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && counter.form?.contains(event.detail.elt)) counter.value = "0";
  });
}
