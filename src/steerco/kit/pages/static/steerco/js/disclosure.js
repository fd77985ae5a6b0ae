// What opens and closes: <button data-sc-toggle="ID"> a part of the page, <button data-sc-dismiss> the notice around
// it, <span data-sc-tip="text" tabindex="0"> an explanation while it is pointed at or focused (Escape hides it),
// <fieldset data-sc-better="value …"> its [data-sc-why] once one of these values is chosen or something stands there.

function tip() {
  let box = document.getElementById("sc-tip");
  if (!box) {
    box = document.createElement("div");
    box.id = "sc-tip";
    box.className = "sc-tip";
    box.role = "tooltip";
    box.popover = "manual";
    document.body.append(box);
  }
  return box;
}

function explain(term) {
  const box = tip();
  box.textContent = term.dataset.scTip;
  term.setAttribute("aria-describedby", box.id);
  box.showPopover();
  const place = term.getBoundingClientRect();
  const below = place.bottom + box.offsetHeight + 8 < window.innerHeight;
  box.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${below ? place.bottom + 4 : place.top - box.offsetHeight - 4}px`;
}

function hide() {
  const box = document.getElementById("sc-tip");
  if (box?.matches(":popover-open")) box.hidePopover();
}

export function startDisclosure() {
  document.addEventListener("click", (event) => {
    event.target.closest("[data-sc-dismiss]")?.closest("[role='status'], [role='alert']").remove();
    const button = event.target.closest("[data-sc-toggle]");
    if (!button) return;
    const open = document.getElementById(button.dataset.scToggle).classList.toggle("show");
    button.setAttribute("aria-expanded", String(open));
  });
  document.addEventListener("change", (event) => {
    const choice = event.target.closest("[data-sc-better]");
    const why = choice?.querySelector("[data-sc-why]");
    if (!why || event.target.type !== "radio") return;
    why.hidden = !choice.dataset.scBetter.split(" ").includes(event.target.value) && !why.querySelector("input").value;
  });
  for (const name of ["mouseover", "focusin"]) {
    document.addEventListener(name, (event) => {
      const term = event.target.closest?.("[data-sc-tip]");
      if (term) explain(term);
      else if (!event.target.closest?.("#sc-tip")) hide();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
}
