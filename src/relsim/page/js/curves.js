// By when: the probability that each outcome has become certain, over time, with what stands at the end of a curve.

const SHOWN = 5; // outcomes, or scenarios, that are shown at first; the boxes show the others
const SMOOTH = 60; // days from which on a curve goes from day to day, as steps could not be seen

/** One curve: { name, title, text, range, dates, probability, low, high, colour, dash, groups, on, grey }. */
function curveTrace(c) {
  return {
    x: c.dates, y: c.probability.map((value) => 100 * value), mode: "lines", name: typed(c.title),
    line: { color: c.colour, width: c.grey ? 1.6 : 2.2, dash: c.dash, shape: c.dates.length > SMOOTH ? "linear" : "hv" },
    meta: { groups: c.groups, name: c.title, end: c.grey ? null : { text: c.text, range: c.range, low: c.low, high: c.high, colour: c.colour } },
    hovertemplate: `%{y:.0f} %  ${literal(c.title)}<extra></extra>`,
  };
}

/**
 * Curves with what stands at their ends: name, probability, and an upright bar for the parameter range.
 * `shown`: the traces that are drawn.
 */
function curveLayout(width, shown) {
  const ended = shown.filter((t) => t.meta.end);
  const most = Math.max(0, ...shown.flatMap((t) => t.y), ...ended.map((t) => 100 * (t.meta.end.high ?? 0)));
  const top = 1.01 * (TOPS.find((end) => most <= 0.95 * end) ?? 100);
  const height = heightFor(width), margin = { l: 56, t: 12, b: 44 };
  const named = width >= MEDIUM;
  const step = Math.min(7, (named ? 84 : 35) / Math.max(1, ended.length)); // pixels from one bar of a range to the next
  const bars = step * ended.length + 6;
  const widest = Math.max(0, ...ended.map((t) => 1.1 * widthOf(t.meta.end.text)));
  margin.r = !ended.length ? 20 : named ? Math.min(300, Math.round(0.3 * width)) : Math.ceil(bars + widest + 6);
  const field = height - margin.t - margin.b;
  const order = ended.toSorted((a, b) => a.y.at(-1) - b.y.at(-1));
  const tall = 32 * ended.length <= field + margin.t ? 32 : 16; // names on a line of their own where they fit
  const places = spreadOut(order.map((t) => (t.y.at(-1) / top) * field), tall, 0, field);
  const shapes = [], annotations = [];
  order.forEach((trace, i) => {
    const { text, range, low, high, colour } = trace.meta.end;
    const x = 4 + step * ended.indexOf(trace);
    if (low !== null && low !== undefined) {
      shapes.push({
        type: "line", xref: "paper", xsizemode: "pixel", xanchor: 1, x0: x, x1: x, y0: 100 * low, y1: 100 * high,
        line: { color: colour, width: Math.min(4, step) }, opacity: 0.55,
      });
    }
    const room = margin.r - bars - 6;
    const ends = range && range !== "-" ? `(${range})` : "";
    const words = !named ? `<b>${typed(text)}</b>`
      : tall === 16 ? typed(shorten(`${text} ${trace.meta.name}`, room))
      : `<b>${typed(text)}</b> ${typed(shorten(ends, room - 40))}<br>${typed(shorten(trace.meta.name, room))}`;
    annotations.push({
      xref: "paper", x: 1, xanchor: "left", xshift: bars, yref: "paper", y: 0, yshift: places[i], yanchor: "middle",
      showarrow: false, text: words, align: "left", font: { size: LABEL, color: INK },
    });
    const end = (trace.y.at(-1) / top) * field;
    const path = `M ${x + 2} ${end} L ${bars - 1} ${places[i]}`;
    shapes.push({
      type: "path", xref: "paper", yref: "paper", xsizemode: "pixel", ysizemode: "pixel", xanchor: 1, yanchor: 0,
      path, line: { color: colour, width: 1 },
    });
  });
  const first = shown[0]?.x[0], last = shown[0]?.x.at(-1);
  return {
    ...baseLayout(), height, margin,
    xaxis: first ? dateAxis(first, last, width) : { type: "date" },
    yaxis: valueAxis("probability by then", 0, top, " %"),
    shapes, annotations,
  };
}

/** A rising line for each outcome; `before`: a baseline's outcomes, in grey. */
function byWhen(outcomes, words, before = null) {
  const curves = Object.entries(outcomes).map(([name, o], i) => {
    const [colour, dash] = look(i);
    return {
      name, title: o.title || name, text: words[name].probability, range: words[name].range, dates: o.cumulative.dates,
      probability: o.cumulative.probability, low: o.weights_low, high: o.weights_high, colour, dash, groups: [name], on: i < SHOWN,
    };
  });
  const grey = before ? curves.filter((c) => before[c.name]).map((c) => ({
    ...c, title: `baseline: ${c.title}`, colour: "#767676", grey: true, dates: before[c.name].cumulative.dates,
    probability: before[c.name].cumulative.probability,
  })) : [];
  const ends = curves.slice(0, SHOWN).map((c) => `${c.title} ${c.text}`).join("; ");
  const range = `the bar beside a curve’s end is its parameter range`;
  return {
    name: "by-when", reading: "percent", traces: [...grey, ...curves].map(curveTrace), layout: curveLayout,
    says: `Probability that each outcome has become certain by each day; ${range}. At the end of the window: ${ends}` +
      (curves.length > SHOWN ? "; the others are in the table." : "."),
    table: curveTable(curves), legend: "Outcomes shown",
    switches: curves.map((c) => ({
      group: c.name, colour: c.colour, dash: c.dash, on: c.on,
      label: el("span", {}, el("span", {}, c.title), " ", el("b", {}, c.text)),
    })),
  };
}

function curveTable(curves) {
  const dates = curves[0]?.dates ?? [];
  const places = readAt(dates.length, 6);
  return table(
    "Probability that it has come true by the end of",
    [column("Outcome"), ...places.map((i) => numbers(said(dates[i])))],
    curves.map((c) => [c.title, ...places.map((i) => percent(c.probability[i]))]),
  );
}
