// Draws the charts of a page from the figures in their data attributes; the same figures stand in a table.
"use strict";

// Dark enough to be told from white paper; patterns, symbols and dashes tell them from each other without colour.
const COLOURS = ["#1f5a8c", "#c2570c", "#1b6e2f", "#7b3fa0", "#a61e1e", "#46515c", "#0f766e"];
const DASHES = ["solid", "dashed", "dotted"];
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "pin", "arrow", "roundRect"];
const INK = "#26323f";
const QUIET = "#5c6773";
const LINE = "#dfe4ea";
const drawn = [];

const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const lines = (text, most) => text.split("\n").map((line) => short(line, most)).join("\n");
// Chinese characters are about twice as wide as Latin letters.
const width = (language, narrow) => (narrow ? 10 : 20) * (language === "en" ? 1.8 : 1);
const inDays = (data) => data.days;

function series(data) {
  const last = data.series.length - 1;
  return data.series.map((run, index) => {
    const colour = COLOURS[index % COLOURS.length];
    if (data.kind === "lines") {
      return {
        type: "line",
        name: run.name,
        data: run.values,
        symbol: SYMBOLS[index % SYMBOLS.length],
        symbolSize: 6,
        itemStyle: { color: colour },
        lineStyle: { color: colour, width: 2, type: DASHES[index % DASHES.length] },
      };
    }
    const lying = data.kind === "across";
    return {
      type: "bar",
      name: run.name,
      stack: inDays(data) ? undefined : "all",
      data: run.values,
      barMaxWidth: lying ? 18 : 28,
      itemStyle: { color: colour },
      label: { show: lying && (last === 0 || inDays(data)), position: "right", color: INK },
    };
  });
}

function options(data, narrow) {
  const several = data.series.length > 1 || data.kind === "lines";
  const names = {
    type: "category",
    data: data.categories,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: LINE } },
    axisLabel: { color: INK, lineHeight: 15, formatter: (text) => (data.kind === "across" ? lines(text, width(data.language, narrow)) : text) },
  };
  const values = {
    type: "value",
    minInterval: data.unit === "%" || inDays(data) ? 0 : 1,
    scale: data.kind === "lines" && data.unit === "%",
    axisLabel: { color: QUIET },
    splitLine: { lineStyle: { color: "#e9edf1" } },
  };
  const across = data.kind === "across";
  return {
    animation: false,
    color: COLOURS,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    aria: { enabled: true, label: { enabled: false }, decal: { show: several && data.kind !== "lines" } },
    legend: several ? { top: 0, left: 0, type: "scroll", textStyle: { color: INK } } : undefined,
    grid: { left: 4, right: across ? 44 : 12, top: several ? 40 : 12, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis",
      // Drawn on the chart: styles within HTML would be refused by this site's own rules.
      renderMode: "richText",
      axisPointer: { type: data.kind === "lines" ? "line" : "shadow" },
      valueFormatter: (value) => (value === null || value === undefined ? "—" : `${value} ${data.unit}`.trim()),
    },
    xAxis: across ? values : names,
    yAxis: across ? { ...names, inverse: true } : values,
    series: series(data),
  };
}

function draw(box) {
  const data = JSON.parse(box.dataset.chart);
  const narrow = box.clientWidth < 480;
  if (data.kind === "across") {
    const rows = data.categories.length * (inDays(data) || data.categories.some((name) => name.includes("\n")) ? 1.5 : 1);
    box.style.height = `${Math.max(120, rows * 30 + (data.series.length > 1 ? 70 : 36))}px`;
  }
  const chart = echarts.init(box, null, { renderer: "canvas" });
  chart.setOption(options(data, narrow));
  drawn.push({ box, chart, data });
}

function redraw() {
  for (const { box, chart, data } of drawn) {
    chart.resize();
    chart.setOption(options(data, box.clientWidth < 480), true);
  }
}

document.querySelectorAll("[data-chart]").forEach(draw);
let timer = 0;
window.addEventListener("resize", () => {
  clearTimeout(timer);
  timer = setTimeout(redraw, 150);
});
window.addEventListener("beforeprint", () => drawn.forEach(({ chart }) => chart.resize()));
window.addEventListener("afterprint", redraw);
