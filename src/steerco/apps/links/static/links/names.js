// Names while they are typed: after an @ in a comment, after a comma in a list of tags. The page works without.

const WAIT = 150; // ms after the last key

function word(field) {
  const after = field.dataset.scNamesAfter || "@";
  const before = field.value.slice(0, field.selectionStart);
  const start = before.lastIndexOf(after);
  if (after === "@" && (start < 0 || /[\w@]/.test(before[start - 1] || " "))) return null;
  const text = before.slice(start + 1);
  if (/\n/.test(text) || text.length > 80 || !text.trim()) return null;
  return { start: start + 1, text: text.trimStart() };
}

function list(field) {
  let box = field.nextElementSibling;
  if (!box?.classList.contains("sc-names")) {
    box = document.createElement("ul");
    box.className = "sc-names";
    box.setAttribute("role", "listbox");
    box.hidden = true;
    field.after(box);
  }
  return box;
}

function take(field, box, name) {
  const found = word(field);
  if (!found) return;
  const gap = field.dataset.scNamesAfter && found.start ? " " : "";
  const head = field.value.slice(0, found.start) + gap + name;
  field.value = head + (field.dataset.scNamesAfter ? ", " : " ") + field.value.slice(field.selectionStart);
  field.setSelectionRange(head.length + 1, head.length + 1);
  box.hidden = true;
  field.focus();
}

function show(field, names) {
  const box = list(field);
  box.replaceChildren(
    ...names.map((name, index) => {
      const item = document.createElement("li");
      item.textContent = name;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(index === 0));
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(field, box, name);
      });
      return item;
    }),
  );
  box.hidden = names.length === 0;
}

function move(box, step) {
  const items = [...box.children];
  const now = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  items[now]?.setAttribute("aria-selected", "false");
  items[(now + step + items.length) % items.length].setAttribute("aria-selected", "true");
}

function start(field) {
  if (field.dataset.scNamesReady) return;
  field.dataset.scNamesReady = "1";
  field.setAttribute("autocomplete", "off");
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const found = word(field);
      if (!found) return show(field, []);
      const source = field.dataset.scNames;
      const answer = await fetch(`${source}${source.includes("?") ? "&" : "?"}q=${encodeURIComponent(found.text)}`);
      show(field, answer.ok && word(field)?.text === found.text ? (await answer.json()).names : []);
    }, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    const box = list(field);
    if (box.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(box, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" || event.key === "Tab") take(field, box, box.querySelector("[aria-selected=true]").textContent);
    else if (event.key === "Escape") box.hidden = true;
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", () => (list(field).hidden = true));
}

document.querySelectorAll("[data-sc-names]").forEach(start);
