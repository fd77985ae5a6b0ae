// What every htmx request carries: no eval, the CSRF token, and one idempotency key per intended write.

const SAFE = new Set(["get", "head", "options"]);
const FINAL = (status) => status > 0 && status < 500 && ![408, 425, 429].includes(status);

// Element that writes -> the key of its last write, and what that write said.
const pending = new WeakMap();

export function configure(htmx) {
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    includeIndicatorStyles: false,
    selfRequestsOnly: true,
    historyCacheSize: 0, // pages may be restricted: none of them is kept in the browser's storage
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "(409|422)", swap: true }, // conflicts and form errors are fragments to read
      { code: "[45]..", swap: false, error: true },
    ],
  });
}

function csrfToken() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta?.content || document.cookie.match(/(?:^|; )(?:__Host-csrf|steerco_csrf|csrftoken)=([^;]*)/)?.[1] || "";
}

// Version 4 UUID. crypto.randomUUID exists only on https and localhost, and an office trial may be plain http.
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function said(detail) {
  const fields = [];
  detail.formData?.forEach((value, name) => {
    fields.push([name, value instanceof File ? [value.name, value.size, value.lastModified] : value]);
  });
  return JSON.stringify([detail.verb, detail.path, fields]);
}

// The same write sent again, because no answer came, keeps its key; a changed or answered one gets a new key.
export function keyFor(element, words) {
  let write = pending.get(element);
  if (write?.words !== words) {
    write = { words, key: uuid() };
    pending.set(element, write);
  }
  return write.key;
}

export function startWrites() {
  document.addEventListener("htmx:configRequest", (event) => {
    const { detail } = event;
    if (SAFE.has(detail.verb)) return;
    detail.headers["X-CSRFToken"] = csrfToken();
    detail.headers["Idempotency-Key"] = keyFor(detail.elt, said(detail));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (FINAL(event.detail.xhr?.status || 0)) pending.delete(event.detail.requestConfig?.elt || event.detail.elt);
  });
}
