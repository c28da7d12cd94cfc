// Charts of a comparison: scenarios laid over each other, their differences, their curves.

/** Colour and dash of a side; the baseline is black, the others are not. */
function sideLook(rank) {
  if (rank === 0) return [INK, "solid"];
  const turn = Math.floor((rank - 1) / 4);
  return [LINES[(rank - 1) % 4], DASHES[(rank + 2 * turn) % DASHES.length]];
}

const sideGroup = (side) => `scenario ${side.name}`;

const sideSwitches = (sides) => sides.map((side, i) => {
  const [colour, dash] = sideLook(side.rank);
  return { group: sideGroup(side), label: el("span", {}, side.label), colour, dash, on: i < SHOWN };
});

/** The stretch between two series in the side's colour, with edges of so many pixels. */
function bandOf(side, days, low, high, opacity, edge = 0) {
  const [colour] = sideLook(side.rank);
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  const shared = { x: days, mode: "lines", line: { width: edge, color: colour }, hoverinfo: "skip", meta: { groups: [sideGroup(side)] } };
  return [{ ...shared, y: low }, { ...shared, y: high, fill: "tonexty", fillcolor: `rgba(${r},${g},${b},${opacity})` }];
}

function overlayLayout(axis, right, left, grades = []) {
  return (width, shown) => {
    const days = shown[0]?.x ?? [];
    const [low, high] = axis;
    const height = heightFor(width);
    const { shapes, notes } = gradeBands(grades, low, high, height - 56);
    return {
      ...baseLayout(), height, margin: { l: left, r: width < MEDIUM ? Math.min(right, 78) : right, t: 12, b: 44 },
      xaxis: days.length ? dateAxis(days[0], days.at(-1), width) : { type: "date" }, shapes, annotations: notes,
    };
  };
}

function overlaySections(data) {
  const { comparison: c, about } = data;
  const sides = about.sides.filter((side) => c.scenarios[side.name]);
  const charts = Object.entries(about.charts).flatMap(([name, chart]) => {
    const found = [new Chart(overlayChart(c, sides, name, chart), el("h3", {}, chart.title),
      p("kind", "Lines: medians. Bands: the middle 80 % of the paths on each day."))];
    const gaps = about.sides.filter((side) => !side.condition && c.contrasts[side.name]?.indices[name]?.mean.length);
    if (gaps.length) {
      found.push(new Chart(gapChart(c, gaps, name, chart), el("h3", {}, `${chart.title}: difference to the baseline`),
        p("kind", "Each path less its twin in the baseline. Line and dark band: the mean with its 95 % interval. Light band: " +
          "the middle 80 % of the paths’ own differences.")));
    }
    return found;
  });
  const sections = [];
  if (charts.length) {
    sections.push(section("fans", "Where it goes", "Where it goes", charts.map((chart) => chart.node)));
    sections[0].charts = charts;
  }
  if (Object.keys(c.scenarios[c.baseline].outcomes).length) {
    const chart = new Chart(courseChart(data, sides));
    sections.push(section("when", "By when", "By when", chart.node));
    sections.at(-1).charts = [chart];
  }
  return sections;
}

/** Medians and the middle 80 % of an index in all scenarios. */
function overlayChart(c, sides, name, about) {
  const strands = sides.flatMap((side) => {
    const { indices, variables, dates } = c.scenarios[side.name];
    const q = (indices[name] ?? variables[name])?.quantiles;
    return q ? [{ side, dates, median: q["0.5"], low: q["0.1"], high: q["0.9"] }] : [];
  });
  const traces = strands.flatMap(({ side, dates, median, low, high }) => {
    const [color, dash] = sideLook(side.rank);
    return [...bandOf(side, dates, low, high, 0.06, 0.8), {
      x: dates, y: median, customdata: low.map((value, i) => [value, high[i]]), mode: "lines", line: { color, width: 2.4, dash },
      meta: { groups: [sideGroup(side)], name: side.label, bounds: "80 % of the paths" },
      hovertemplate: `%{y:.1f} (%{customdata[0]:.1f} to %{customdata[1]:.1f})  ${literal(side.label)}<extra></extra>`,
    }];
  });
  const axis = reach(strands.flatMap((s) => [...s.low, ...s.high]));
  const places = readAt(strands[0].dates.length, 7);
  const layout = overlayLayout(axis, 100, 56, about.grades);
  return {
    name: `overlay-${name.replaceAll(".", "-")}`, reading: "points", traces, legend: "Scenarios shown",
    says: `${about.title} in ${strands.length} scenarios. Medians on the last day: ` +
      `${strands.map((s) => `${s.side.label} ${figure(s.median.at(-1), 1)}`).join("; ")}.`,
    layout: (width, shown) => ({ ...layout(width, shown), yaxis: valueAxis(typed(about.unit), ...axis) }),
    table: table(`${about.title}: median by the end of`,
      [column("Scenario"), ...places.map((i) => numbers(said(strands[0].dates[i])))],
      strands.map((s) => [s.side.label, ...places.map((i) => figure(s.median[i], 1))])),
    switches: sideSwitches(strands.map((s) => s.side)),
  };
}

/** The daily difference of an index between each scenario and its baseline, path by path. */
function gapChart(c, sides, name, about) {
  const gaps = sides.map((side) => {
    const { mean, low, high, quantiles } = c.contrasts[side.name].indices[name];
    return { side, mean, low, high, bands: quantiles, dates: c.dates.slice(0, mean.length) };
  });
  const traces = gaps.flatMap(({ side, dates, mean, low, high, bands }) => {
    const [color, dash] = sideLook(side.rank);
    return [
      ...(bands["0.1"] ? bandOf(side, dates, bands["0.1"], bands["0.9"], 0.1) : []), ...bandOf(side, dates, low, high, 0.4),
      {
        x: dates, y: mean, customdata: mean.map((_, i) => [low[i], high[i]]), mode: "lines", line: { color, width: 2.2, dash },
        meta: { groups: [sideGroup(side)], name: side.label, bounds: "95 % interval" },
        hovertemplate: `%{y:+.2f} (%{customdata[0]:+.2f} to %{customdata[1]:+.2f})  ${literal(side.label)}<extra></extra>`,
      },
    ];
  });
  const axis = reach([0, ...gaps.flatMap((g) => [...g.mean, ...g.low, ...g.high, ...(g.bands["0.1"] ?? []), ...(g.bands["0.9"] ?? [])])]);
  const largest = gaps.flatMap(({ side, mean, dates }) => {
    const known = mean.map((value, i) => [value, dates[i]]).filter(([value]) => Number.isFinite(value));
    if (!known.length) return [];
    const [value, day] = known.reduce((a, b) => (Math.abs(b[0]) > Math.abs(a[0]) ? b : a));
    return [`${side.label} at most ${figure(value, 2)}, on ${said(day)}`];
  });
  const places = readAt(gaps[0].dates.length, 7);
  const cell = (g, i) => (Number.isFinite(g.mean[i])
    ? figure(g.mean[i], 2) + (Number.isFinite(g.low[i]) ? ` (${figure(g.low[i], 2)} to ${figure(g.high[i], 2)})` : "") : "-");
  const layout = overlayLayout(axis, 16, 68);
  return {
    name: `gap-${name.replaceAll(".", "-")}`, reading: "points", traces, legend: "Scenarios shown",
    says: `Difference of ${about.title} to the baseline by day, each path with itself. ${largest.join("; ")}.`,
    layout: (width, shown) => ({
      ...layout(width, shown),
      yaxis: { ...valueAxis("points, less the baseline", ...axis), zeroline: true, zerolinecolor: INK },
    }),
    table: table(`${about.title}: difference to the baseline by the end of, with its 95 % interval`,
      [column("Scenario"), ...places.map((i) => numbers(said(gaps[0].dates[i])))],
      gaps.map((g) => [g.side.label, ...places.map((i) => cell(g, i))])),
    switches: sideSwitches(gaps.map((g) => g.side)),
  };
}

/** By when, one outcome at a time, in all scenarios. */
function courseChart({ comparison: c, about }, sides) {
  const asked = new Map();
  for (const side of sides) {
    for (const [name, o] of ownFirst(c.scenarios[side.name].outcomes)) if (!asked.has(name)) asked.set(name, o.title || name);
  }
  const traces = [...asked.keys()].flatMap((name) => sides.flatMap((side) => {
    const o = c.scenarios[side.name].outcomes[name];
    if (!o) return [];
    const [colour, dash] = sideLook(side.rank);
    return [curveTrace({
      title: side.label, ...about.outcomes[side.name][name], dates: o.cumulative.dates, probability: o.cumulative.probability,
      low: o.weights_low, high: o.weights_high, colour, dash, groups: [`outcome ${name}`, sideGroup(side)],
    })];
  }));
  const cell = (side, name) => about.outcomes[side.name][name]?.text ?? "-";
  return {
    name: "by-when", reading: "percent", traces, layout: curveLayout, legend: "Scenarios shown", switches: sideSwitches(sides),
    says: "Probability that the chosen outcome has become certain by each day, in each scenario; the bar beside a curve’s end " +
      "is its parameter range. The table has where the curves end.",
    table: table("Probability at the end of the window", [column("Outcome"), ...sides.map((side) => numbers(side.label))],
      [...asked].map(([name, title]) => [title, ...sides.map((side) => cell(side, name))])),
    choice: { label: "Outcome", groups: Object.fromEntries([...asked].map(([name, title]) => [`outcome ${name}`, title])) },
  };
}
