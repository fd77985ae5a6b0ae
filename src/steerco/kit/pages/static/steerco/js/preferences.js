// Controls for what theme.js applies: <button data-sc-set="theme:dark">, <input type=checkbox data-sc-switch="keys">.

function store(name, value) {
  try {
    localStorage.setItem(`steerco.${name}`, value);
  } catch {
    document.documentElement.dataset[`sc${name[0].toUpperCase()}${name.slice(1)}`] = value;
  }
  document.dispatchEvent(new CustomEvent("sc-preference"));
}

function show(root) {
  const chosen = document.documentElement.dataset;
  for (const button of root.querySelectorAll("[data-sc-set]")) {
    const [name, value] = button.dataset.scSet.split(":");
    button.setAttribute("aria-pressed", String(chosen[`sc${name[0].toUpperCase()}${name.slice(1)}`] === value));
  }
  for (const box of root.querySelectorAll("[data-sc-switch]")) {
    box.checked = chosen[`sc${box.dataset.scSwitch[0].toUpperCase()}${box.dataset.scSwitch.slice(1)}`] !== "off";
  }
}

export function startPreferences() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sc-set]");
    if (button) store(...button.dataset.scSet.split(":"));
  });
  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.scSwitch;
    if (name) store(name, event.target.checked ? "on" : "off");
  });
  document.addEventListener("sc-theme", () => show(document));
  document.addEventListener("htmx:load", (event) => show(event.detail.elt));
  show(document);
}
