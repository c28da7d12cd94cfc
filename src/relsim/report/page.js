"use strict";
(function () {
  const COARSE = matchMedia("(pointer: coarse)").matches;
  const PRINTED = 680; // pixels of a printed page's text at 96 dots per inch
  const TOPS = [5, 10, 20, 50, 100]; // upper ends of an axis of percentages
  const CONFIG = {
    displaylogo: false,
    showSendToCloud: false,
    doubleClick: "reset",
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "pan2d"],
  };

  function merged(base, part) {
    const out = { ...base };
    for (const [key, value] of Object.entries(part)) {
      const inner = value && typeof value === "object" && !Array.isArray(value);
      out[key] = inner ? merged(base[key] || {}, value) : value;
    }
    return out;
  }

  class Chart {
    constructor(box) {
      this.box = box;
      this.readout = document.getElementById(box.id + "-readout");
      Object.assign(this, JSON.parse(document.getElementById(box.id + "-data").textContent));
      this.switches = [...document.querySelectorAll("input[data-chart]")].filter((i) => i.dataset.chart === box.id);
      this.choice = [...document.querySelectorAll("select[data-chart]")].find((s) => s.dataset.chart === box.id);
      for (const control of [...this.switches, ...(this.choice ? [this.choice] : [])]) {
        control.addEventListener("change", () => this.draw(this.room()));
      }
      box.addEventListener("keydown", (event) => this.key(event));
      box.addEventListener("blur", () => Plotly.Fx.unhover(box));
      this.draw(this.room());
      this.days = this.allDays();
      this.at = -1;
    }

    room() {
      return Math.floor(this.box.clientWidth);
    }

    layoutFor(width) {
      const least = Math.max(...Object.keys(this.widths).map(Number).filter((w) => w <= width));
      const layout = merged(this.layout, this.widths[least]);
      layout.width = width;
      if (COARSE) layout.dragmode = false; // a finger scrolls the page
      return layout;
    }

    visible() {
      const off = new Set(this.switches.filter((s) => !s.checked).map((s) => s.dataset.group));
      if (this.choice) {
        for (const option of this.choice.options) if (!option.selected) off.add(option.value);
      }
      return this.data.map((t) => !((t.meta && t.meta.groups) || []).some((group) => off.has(group)));
    }

    draw(width) {
      this.width = width;
      const shown = this.visible();
      const traces = this.data.map((trace, i) => ({ ...trace, visible: shown[i] }));
      const layout = this.layoutFor(width);
      if (this.reading === "percent") {
        const most = Math.max(0, ...traces.flatMap((t) => (t.visible ? t.y : [])));
        layout.yaxis = { ...layout.yaxis, range: [0, 1.01 * (TOPS.find((top) => most <= 0.95 * top) || 100)] };
      }
      this.box.style.minHeight = layout.height + "px";
      Plotly.react(this.box, traces, layout, CONFIG);
    }

    allDays() {
      const days = new Set(this.data.flatMap((t) => (t.meta && t.meta.name ? t.x : [])));
      return [...days].sort();
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
      const points = [];
      const said = [];
      this.box.data.forEach((trace, curveNumber) => {
        if (trace.visible === false || !(trace.meta && trace.meta.name)) return;
        const pointNumber = trace.x.indexOf(day);
        if (pointNumber < 0) return;
        points.push({ curveNumber, pointNumber });
        said.push(this.say(trace, pointNumber));
      });
      const date = new Date(day + "T00:00:00Z");
      const words = date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
      this.readout.textContent = words + ": " + said.join("; ");
      if (points.length) Plotly.Fx.hover(this.box, points);
    }

    say(trace, i) {
      const number = (value) => value.toFixed(1).replace("-", "\u2212");
      if (this.reading === "percent") return trace.meta.name + " " + Math.round(trace.y[i]) + " %";
      const bounds = trace.meta.bounds && trace.customdata[i].slice(-2);
      if (trace.y[i] === null) return trace.meta.name + " not known";
      const words = bounds && bounds[0] !== null ? trace.meta.bounds + " " + bounds.map(number).join(" to ") : "";
      return trace.meta.name + " " + number(trace.y[i]) + (words ? " (" + words + ")" : "");
    }
  }

  const charts = [...document.querySelectorAll(".chart")].map((box) => new Chart(box));
  let printing = false;
  const observer = new ResizeObserver(() => {
    if (printing) return;
    for (const chart of charts) if (chart.room() !== chart.width) chart.draw(chart.room());
  });
  for (const chart of charts) observer.observe(chart.box);
  addEventListener("beforeprint", () => {
    printing = true;
    for (const chart of charts) chart.draw(PRINTED);
  });
  addEventListener("afterprint", () => {
    printing = false;
    for (const chart of charts) chart.draw(chart.room());
  });

  for (const button of document.querySelectorAll("button[data-open]")) {
    button.addEventListener("click", () => {
      const all = document.querySelectorAll("details." + button.dataset.open);
      const open = [...all].some((one) => !one.open);
      for (const one of all) one.open = open;
      button.textContent = open ? "Close all" : "Open all";
    });
  }
})();
