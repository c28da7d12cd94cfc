// A chart on the page: controls, the drawing, what it says, and its numbers in a table. Drawn by plotly.
//
// A chart's description: { name, says, reading ("percent" or "points"), traces, layout(width, shown), table,
// switches [{ group, label, colour, dash, on }], choice { label, groups }, legend }. A trace names the groups it
// belongs to (meta.groups) and is shown where all of them are on.

const INK = "#1b1b1b", SOFT = "#555555", FAINT = "#bdbdbd", GRID = "#e4e4e4", CENTRE = "#08306b";
const GROUND = ["#ffffff", "#f1f1ee"];
const FAN = { 0.95: "#d3e4f3", 0.8: "#9dc6e0", 0.5: "#5b9fcd" };
const CALENDAR = "#a34a00", BEFORE = "#3d3d3d";
const LINES = ["#0072b2", "#d55e00", "#009e73", "#8a4f7d", "#000000"];
const DASHES = ["solid", "12px,4px", "4px,3px", "14px,4px,4px,4px", "2px,2px"];
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", Arial, sans-serif';
const SIZE = 13, LABEL = 12;
const PRINTED = 680; // pixels of a printed page's text at 96 dots per inch
const MEDIUM = 600, WIDE = 900; // pixels from which on a chart has the layout of a printed page, of a screen
const TOPS = [5, 10, 20, 50, 100]; // upper ends of an axis of percentages
const COARSE = matchMedia("(pointer: coarse)").matches;
const CONFIG = {
  displaylogo: false,
  showSendToCloud: false,
  doubleClick: "reset",
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "pan2d"],
};

/** What a user typed, as plotly shows it letter by letter: its own markup has no effect. */
function typed(text) {
  return kept(text.split(/\s+/).join(" ").trim()).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A name inside a hover template, shortened, where `%{` would begin a variable. */
function literal(text) {
  const words = text.split(/\s+/).join(" ").trim();
  return typed(words.length <= 60 ? words : `${words.slice(0, 59).trimEnd()}…`).replaceAll("%{", "% {");
}

/** Colour and dash of line `i`: 25 pairs, neighbours differing in both. */
function look(i) {
  return [LINES[i % LINES.length], DASHES[(i + Math.floor(i / DASHES.length)) % DASHES.length]];
}

const measuring = document.createElement("canvas").getContext("2d");

/** Pixels of one line of text. */
function widthOf(text, size = LABEL) {
  measuring.font = `${size}px ${FONT}`;
  return measuring.measureText(text).width;
}

/** Text, cut with an ellipsis where it is wider than so many pixels. */
function shorten(text, room, size = LABEL) {
  if (widthOf(text, size) <= room) return text;
  let low = 0, high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (widthOf(`${text.slice(0, middle).trimEnd()}…`, size) <= room) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low).replace(/[\s,;:.–-]+$/, "")}…`;
}

/** Text in at most so many lines; what does not fit ends in an ellipsis. */
function wrapped(text, room, lines) {
  const words = kept(text).split(/[ \n\t]+/);
  const done = [];
  let line = "";
  words.forEach((word, i) => {
    const longer = line ? `${line} ${word}` : word;
    if (done.length === lines) return;
    if (!line || widthOf(longer) <= room) line = longer;
    else if (done.length === lines - 1) {
      done.push([line, ...words.slice(i)].join(" "));
      line = "";
    } else {
      done.push(line);
      line = word;
    }
  });
  if (line && done.length < lines) done.push(line);
  return done.map((part) => shorten(part, room));
}

/** Moves places (rising) apart as little as possible, so that neighbours stand `gap` apart between low and high. */
function spreadOut(places, gap, low, high) {
  const groups = [];
  places.forEach((place, i) => {
    let centre = place, members = [i];
    for (;;) {
      const half = (members.length * gap) / 2;
      centre = Math.min(Math.max(centre, low + half), Math.max(high - half, low + half));
      const before = groups.at(-1);
      if (!before || before.centre + (before.members.length * gap) / 2 <= centre - half + 1e-9) break;
      groups.pop();
      members = [...before.members, ...members];
      const wishes = members.map((m, k) => places[m] - (k - (members.length - 1) / 2) * gap);
      centre = wishes.reduce((a, b) => a + b, 0) / wishes.length;
    }
    groups.push({ centre, members });
  });
  const result = [];
  for (const { centre, members } of groups) {
    members.forEach((m, k) => { result[m] = centre + (k - (members.length - 1) / 2) * gap; });
  }
  return result;
}

/** What all charts share. */
function baseLayout() {
  const font = { family: FONT, size: SIZE, color: INK };
  return {
    template: {}, font, paper_bgcolor: "white", plot_bgcolor: "white", showlegend: false, hovermode: "x unified",
    hoverlabel: { bgcolor: "white", bordercolor: SOFT, font }, dragmode: COARSE ? false : "zoom", // a finger scrolls
  };
}

/** A time axis; the year stands under the first tick of each year. */
function dateAxis(first, last, width) {
  return {
    type: "date", range: [`${isoOf(dayOf(first) - 1)} 12:00`, `${last} 12:00`],
    tickformat: dayOf(last) - dayOf(first) > 150 ? "%b\n%Y" : "%-d %b\n%Y", hoverformat: "%-d %b %Y",
    linecolor: FAINT, ticks: "outside", tickcolor: FAINT, showgrid: false, zeroline: false,
    ...(width < MEDIUM ? { nticks: 5 } : {}),
  };
}

/** A vertical axis with a light grid. */
function valueAxis(title, low, high, suffix = "") {
  return {
    title: { text: title, standoff: 8 }, range: [low, high], ticksuffix: suffix, gridcolor: GRID, zeroline: false,
    fixedrange: true,
  };
}

const heightFor = (width) => (width < MEDIUM ? 300 : width < WIDE ? 340 : 400);

/** Ends of an axis that holds the values with a little air. */
function reach(values) {
  const known = values.filter(Number.isFinite);
  const low = known.length ? Math.min(...known) : 0, high = known.length ? Math.max(...known) : 0;
  const air = 0.06 * Math.max(high - low, 0.05);
  return [low - air, high + air];
}

/** A piece of a line as it is drawn in a chart. */
function sample(colour, dash) {
  const dashes = dash === "solid" ? false : dash.replaceAll("px", "");
  const line = svg("line", { x1: 1, y1: 6, x2: 35, y2: 6, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dashes });
  return svg("svg", { class: "sample", width: 36, height: 12, "aria-hidden": "true" }, line);
}

class Chart {
  /** `head`: what stands above it. */
  constructor(chart, ...head) {
    this.chart = chart;
    this.at = -1;
    const { name } = chart;
    this.box = el("div", {
      class: "chart", id: name, role: "group", "aria-roledescription": "chart", tabindex: "0", "aria-label": chart.says,
      "aria-describedby": `${name}-hint`, style: { minHeight: `${heightFor(1000)}px` },
    });
    this.readout = el("p", { class: "readout", id: `${name}-readout`, "aria-live": "polite" });
    this.says = el("figcaption", { class: "hidden" }, chart.says);
    this.table = el("div", {}, chart.table);
    this.switches = (chart.switches || []).map((s) =>
      el("input", { type: "checkbox", "data-chart": name, "data-group": s.group, checked: s.on }));
    this.labels = (chart.switches || []).map((s, i) => el("label", {}, this.switches[i], sample(s.colour, s.dash), s.label));
    this.choice = chart.choice && el("select", { "data-chart": name },
      Object.entries(chart.choice.groups).map(([group, title]) => el("option", { value: group }, title)));
    this.node = el("figure", {}, head,
      this.choice && el("label", { class: "choice" }, `${chart.choice.label} `, this.choice),
      this.switches.length ? el("fieldset", { class: "switches" }, el("legend", {}, chart.legend), this.labels) : null,
      this.box,
      el("p", { class: "hint", id: `${name}-hint` },
        "Point at a day to read its values. By keyboard: arrow keys move by a day, Page keys by a month."),
      this.readout, this.says,
      details("The names and numbers of this chart", "numbers", this.table));
    for (const control of [...this.switches, ...(this.choice ? [this.choice] : [])]) {
      control.addEventListener("change", () => this.draw());
    }
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => Plotly.Fx.unhover(this.box));
  }

  /** Another state of the same chart: drawn over the one before, controls as they stand. */
  update(chart) {
    this.chart = chart;
    this.box.setAttribute("aria-label", chart.says);
    this.says.textContent = chart.says;
    this.table.replaceChildren(chart.table);
    (chart.switches || []).forEach((s, i) => this.labels[i]?.lastChild.replaceWith(s.label));
    this.draw();
  }

  room() {
    return Math.floor(this.box.clientWidth);
  }

  shown() {
    const off = new Set(this.switches.filter((s) => !s.checked).map((s) => s.dataset.group));
    for (const option of this.choice?.options ?? []) if (!option.selected) off.add(option.value);
    return (trace) => !(trace.meta?.groups ?? []).some((group) => off.has(group));
  }

  draw(width = this.room()) {
    if (width <= 0) return; // not on the page, or folded away
    this.width = width;
    const shown = this.shown();
    const traces = this.chart.traces.map((trace) => ({ ...trace, visible: shown(trace) }));
    const layout = this.chart.layout(width, traces.filter((t) => t.visible));
    this.box.style.minHeight = `${layout.height}px`;
    Plotly.react(this.box, traces, { ...layout, width }, CONFIG);
    this.days = [...new Set(traces.flatMap((t) => (t.meta?.name ? t.x : [])))].sort();
  }

  key(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, PageDown: 30, PageUp: -30, Home: -1e9, End: 1e9 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = this.at < 0 && steps[event.key] < 0 ? this.days.length - 1 : this.at + steps[event.key];
    this.at = Math.min(Math.max(next, 0), this.days.length - 1);
    this.read(this.days[this.at]);
  }

  read(day) {
    const points = [], words = [];
    this.box.data.forEach((trace, curveNumber) => {
      if (trace.visible === false || !trace.meta?.name) return;
      const pointNumber = trace.x.indexOf(day);
      if (pointNumber < 0) return;
      points.push({ curveNumber, pointNumber });
      words.push(this.say(trace, pointNumber));
    });
    this.readout.textContent = `${said(day)}: ${words.join("; ")}`;
    if (points.length) Plotly.Fx.hover(this.box, points);
  }

  say(trace, i) {
    const { name, bounds } = trace.meta;
    if (trace.y[i] === null) return `${name} not known`;
    if (this.chart.reading === "percent") return `${name} ${Math.round(trace.y[i])} %`;
    const ends = bounds && trace.customdata[i].slice(-2);
    return `${name} ${figure(trace.y[i], 1)}${ends && ends[0] !== null ? ` (${bounds} ${ends.map((x) => figure(x, 1)).join(" to ")})` : ""}`;
  }
}

/** Draws charts when they come near the screen, again where their room changes, and for paper. */
function watchCharts(charts) {
  let printing = false;
  const seen = new ResizeObserver(() => {
    if (printing) return;
    for (const chart of charts) if (chart.room() !== chart.width) chart.draw();
  });
  for (const chart of charts) {
    chart.draw();
    seen.observe(chart.box);
  }
  addEventListener("beforeprint", () => {
    printing = true;
    for (const chart of charts) chart.draw(PRINTED);
  });
  addEventListener("afterprint", () => {
    printing = false;
    for (const chart of charts) chart.draw();
  });
}
