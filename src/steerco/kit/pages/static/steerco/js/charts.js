// Charts that are explored: <div data-sc-chart aria-label="…" role="img"> holding <script type="application/json"> with
// an ECharts option. Drawn as SVG in the page's colours; the table twin beside it is the server's.

const drawn = new Map(); // element -> its chart

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function theme() {
  const text = getComputedStyle(document.body).color;
  const axis = {
    axisLabel: { color: colour("--sc-muted") },
    axisLine: { lineStyle: { color: colour("--sc-muted") } },
    splitLine: { lineStyle: { color: colour("--sc-line") } },
  };
  return {
    color: [1, 2, 3, 4, 5, 6, 7, 8].map((index) => colour(`--sc-series-${index}`)),
    backgroundColor: "transparent",
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    title: { textStyle: { color: text } },
    legend: { textStyle: { color: text } },
    tooltip: {
      // HTML tooltips carry style attributes, which the content security policy refuses; these are drawn.
      renderMode: "richText",
      backgroundColor: colour("--sc-surface"),
      borderColor: colour("--sc-line"),
      textStyle: { color: text },
    },
    categoryAxis: axis,
    valueAxis: axis,
    timeAxis: axis,
    logAxis: axis,
  };
}

// "var(--sc-red-fill)" anywhere in an option becomes the token's present colour, since SVG attributes know no var().
export function resolved(value) {
  if (typeof value === "string") return value.replace(/^var\((--sc-[\w-]+)\)$/, (_, name) => colour(name));
  if (Array.isArray(value)) return value.map(resolved);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
  }
  return value;
}

async function library() {
  if (!window.echarts) {
    const source = document.querySelector('meta[name="sc-echarts"]')?.content;
    if (!source) throw new Error("a chart needs <meta name=\"sc-echarts\"> with the library's address");
    await new Promise((ready, failed) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = ready;
      script.onerror = () => failed(new Error(`not loaded: ${source}`));
      document.head.append(script);
    });
  }
  return window.echarts;
}

function draw(echarts, element) {
  const option = resolved(JSON.parse(element.querySelector('script[type="application/json"]').textContent));
  const numbers = new Intl.NumberFormat(document.documentElement.lang || undefined, { maximumFractionDigits: 2 });
  drawn.get(element)?.chart.dispose();
  const canvas = element.querySelector(".sc-chart-canvas") || element.appendChild(document.createElement("div"));
  canvas.className = "sc-chart-canvas sc-chart-box";
  const chart = echarts.init(canvas, theme(), { renderer: "svg" });
  chart.setOption({
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    // Patterns beside colours, except where figures stand on them.
    aria: { enabled: true, label: { enabled: false }, decal: { show: element.dataset.scDecal !== "off" } },
    grid: { top: 24, right: 16, bottom: option.legend ? 56 : 28, left: 12 },
    ...option,
    ...(option.legend && { legend: { bottom: 0, ...option.legend } }),
    tooltip: { valueFormatter: (value) => (typeof value === "number" ? numbers.format(value) : value), ...option.tooltip },
  });
  chart.on("click", ({ data }) => {
    if (data?.href && new URL(data.href, location.href).origin === location.origin) location.assign(data.href);
  });
  const resize = drawn.get(element)?.resize || new ResizeObserver(() => drawn.get(element)?.chart.resize());
  resize.observe(element);
  drawn.set(element, { chart, resize });
}

async function drawAll(root) {
  const found = [...(root.matches?.("[data-sc-chart]") ? [root] : []), ...root.querySelectorAll("[data-sc-chart]")];
  if (!found.length) return;
  const echarts = await library();
  for (const element of found) if (element.isConnected) draw(echarts, element);
}

export function startCharts() {
  drawAll(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) drawAll(event.detail.elt);
  });
  document.addEventListener("sc-theme", () => {
    for (const element of drawn.keys()) draw(window.echarts, element);
  });
  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    const gone = drawn.get(event.detail.elt);
    if (gone) {
      gone.resize.disconnect();
      gone.chart.dispose();
      drawn.delete(event.detail.elt);
    }
  });
}
