// Applies the reader's preferences before the first paint. A classic script in <head>, not deferred: a module
// would run after the page has been drawn once in the wrong colours.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function stored(name, otherwise) {
    try {
      return localStorage.getItem(`steerco.${name}`) || otherwise;
    } catch {
      return otherwise; // storage is refused in some private windows
    }
  }

  function apply() {
    const theme = stored("theme", root.dataset.scTheme || "auto");
    root.dataset.scTheme = theme;
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
    root.dataset.scPalette = stored("palette", root.dataset.scPalette || "classic");
    root.dataset.scDensity = stored("density", root.dataset.scDensity || "compact");
    root.dataset.scKeys = stored("keys", root.dataset.scKeys || "on");
  }

  apply();
  dark.addEventListener("change", () => {
    apply();
    document.dispatchEvent(new CustomEvent("sc-theme"));
  });
  document.addEventListener("sc-preference", () => {
    apply();
    document.dispatchEvent(new CustomEvent("sc-theme"));
  });
})();
