// The fan of an index: where it goes, what was observed before, and what is due.

const BANDS = [[0.95, "0.025", "0.975"], [0.8, "0.1", "0.9"], [0.5, "0.25", "0.75"]];
const NAMED = 7; // observed events that are named beside the fan; all are marked in it, and listed under it
const TICKS = 46, HEAD = 20, TOP = 10, LEFT = 52; // pixels: fan to strip, the strip's head, above, left
const READ = 9; // days of which the table under a chart has the values, about

/**
 * The fan with the grades behind it, and under it a strip with the names of what was observed and is due.
 * `about`: title, unit, start, end, known_to, grades, past, history, calendar, undated. `before`: the same series of
 * a baseline, drawn in grey; null for none.
 */
function fanChart(name, series, dates, about, before = null) {
  const q = series.quantiles;
  const all = [...q["0.025"], ...q["0.975"], ...(about.past?.values ?? [])].filter(Number.isFinite);
  const low0 = all.length ? Math.min(...all) : 0, high0 = all.length ? Math.max(...all) : 0;
  const middle = (low0 + high0) / 2, half = Math.max(high0 - low0, 1) / 2;
  const low = middle - 1.22 * half, high = middle + 1.06 * half;
  const traces = [...bandTraces(q, dates), ...medianOf(before, dates, q), medianTrace(q, dates), ...pastTrace(about.past),
    ...markTraces(about.history, low, high), ...dueTraces(about.calendar)];
  return {
    name: `fan-${name.replaceAll(".", "-")}`, reading: "points", traces, says: fanSays(q, about),
    layout: (width) => fanLayout(about, width, low, high), table: fanTables(q, dates, about),
  };
}

function fanSays(q, about) {
  const known = about.known_to ? `, known up to ${said(about.known_to)} (dotted line)` : "";
  const last = (key) => figure(q[key].at(-1), 1);
  return `${about.title}, ${span(about.start, about.end)}${known}: the median goes from ${figure(q["0.5"][0], 1)} to ` +
    `${last("0.5")}; on the last day half of the paths lie between ${last("0.25")} to ${last("0.75")} and 95 % between ` +
    `${last("0.025")} to ${last("0.975")}.`;
}

function bandTraces(q, dates) {
  const edge = { x: dates, mode: "lines", line: { width: 0 }, hoverinfo: "skip" };
  return BANDS.flatMap(([share, a, b]) => [
    { ...edge, y: q[a] }, { ...edge, y: q[b], fill: "tonexty", fillcolor: FAN[share] }]);
}

function medianTrace(q, dates) {
  const bounds = BANDS.toReversed().flatMap(([, a, b]) => [q[a], q[b]]);
  return {
    x: dates, y: q["0.5"], customdata: dates.map((_, i) => bounds.map((s) => s[i])), mode: "lines",
    line: { color: CENTRE, width: 2.5 }, meta: { name: "median", bounds: "95 % of the paths" },
    hovertemplate: "<b>median %{y:.1f}</b><br>half of the paths: %{customdata[0]:.1f} to %{customdata[1]:.1f}<br>" +
      "80 %: %{customdata[2]:.1f} to %{customdata[3]:.1f}<br>95 %: %{customdata[4]:.1f} to %{customdata[5]:.1f}<extra></extra>",
  };
}

/** The baseline's median and the edges of its 95 %, in grey. */
function medianOf(before, dates) {
  if (!before) return [];
  const line = { x: dates, mode: "lines", hoverinfo: "skip" };
  return [
    ...["0.025", "0.975"].map((key) => ({ ...line, y: before.quantiles[key], line: { color: "#767676", width: 1, dash: "2px,3px" } })),
    { ...line, y: before.quantiles["0.5"], line: { color: "#767676", width: 2, dash: "6px,3px" },
      hoverinfo: "y", meta: { name: "baseline's median" }, hovertemplate: "baseline %{y:.1f}<extra></extra>" },
  ];
}

function pastTrace(past) {
  if (!past) return [];
  return [{
    x: past.dates, y: past.values, mode: "lines", line: { color: BEFORE, width: 1.6, dash: "6px,2px" },
    meta: { name: "as replayed from what was observed" }, hovertemplate: "as replayed %{y:.1f}<extra></extra>",
  }];
}

const TRIANGLES = { 1: "triangle-up", 0: "circle", "-1": "triangle-down" };
const RAISES = { 1: "raises it", 0: "neither raises nor lowers it", "-1": "lowers it" };
const wayOf = (event) => (event.push > 1e-9) - (event.push < -1e-9);

function markTraces(history, low, high) {
  if (!history.length) return [];
  const foot = low + 0.05 * (high - low), step = 0.012 * (high - low);
  return [{
    x: history.map((event) => event.on), y: history.map((event) => foot + step * wayOf(event)), mode: "markers",
    marker: { symbol: history.map((event) => TRIANGLES[wayOf(event)]), size: 8, color: BEFORE, opacity: 0.8 },
    hovertext: history.map((event) => typed(event.label)), hoverinfo: "text",
  }];
}

function dueTraces(calendar) {
  return calendar.map((entry, row) => {
    const lasts = entry.last > entry.first;
    return {
      x: lasts ? [entry.first, entry.last] : [entry.first], y: Array(lasts ? 2 : 1).fill(-row - 1), yaxis: "y2",
      mode: lasts ? "lines" : "markers", line: { color: CALENDAR, width: 4 },
      marker: { symbol: entry.assumed ? "square" : "diamond", size: 8, color: CALENDAR },
      hovertext: typed(`${entry.label}: ${entry.note}`), hoverinfo: "text",
    };
  });
}

/** What depends on the room. */
function fanLayout(about, width, low, high) {
  const narrow = width < MEDIUM;
  const right = narrow ? 78 : width < WIDE ? 96 : 104;
  const field = narrow ? 260 : width < WIDE ? 300 : 360;
  const tall = narrow ? 13 : width < WIDE ? 17 : 18;
  const start = dayOf(about.start), end = dayOf(about.end);
  const share = narrow ? 0.16 : width < WIDE ? 0.3 : 0.28;
  const history = about.history.length || about.past;
  const first = start - (history ? Math.ceil(((end - start + 1) * share) / (1 - share)) : 1);
  const perDay = (width - LEFT - right) / (end - first + 1);
  const named = narrow ? [] : namedOf(about.history, first);
  const rows = Math.max(about.calendar.length, named.length);
  const strip = rows ? HEAD + tall * (rows + 0.5) : 0;
  const inner = field + (rows ? TICKS + strip : 0);
  const { shapes, notes } = gradeBands(about.grades, low, high, field);
  shapes.push(upright(start - 1, INK, "12:00", 1.4, "solid"));
  if (about.known_to) shapes.push(upright(dayOf(about.known_to), INK, "12:00", 1.4, "dot"));
  for (const entry of about.calendar) shapes.push(upright(dayOf(entry.first), GRID, "00:00", 1, "dot"));
  if (named.length) {
    const y1 = (strip + TICKS) / inner;
    for (const event of named) shapes.push({ ...upright(dayOf(event.on), GRID, "00:00", 1, "dot"), y1 });
    notes.push(...observedNotes(named, start, first, perDay, rows >= 2 * named.length - 1 ? 2 : 1));
    notes.push(note(about.start, 0, "<i>Observed</i>", "right", SOFT));
  }
  if (about.calendar.length) {
    notes.push(note(about.start, 0, `<i>Calendar${narrow ? "" : ": probability that it happens"}</i>`, "left", SOFT));
  }
  about.calendar.forEach((entry, row) => notes.push(entryNote(entry, row + 1, about, perDay, right, narrow)));
  return {
    ...baseLayout(), height: Math.round(TOP + inner + (rows ? 6 : TICKS)),
    margin: { l: LEFT, r: right, t: TOP, b: rows ? 6 : TICKS },
    xaxis: { ...dateAxis(isoOf(first), about.end, width), anchor: "y" },
    yaxis: { ...valueAxis(typed(about.unit), low, high), domain: [(inner - field) / inner, 1] },
    yaxis2: { visible: false, range: [-rows - 0.5, 0.8], fixedrange: true, domain: [0, Math.max(strip / inner, 0.001)] },
    shapes, annotations: notes,
  };
}

/** The observed events in view that usually move the index most, by date. */
function namedOf(history, first) {
  const seen = history.filter((event) => dayOf(event.on) >= first);
  const most = seen.toSorted((a, b) => Math.abs(b.push) - Math.abs(a.push)).slice(0, NAMED);
  return most.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

/** Grades behind a chart of so many pixels' height, as shapes and as names in its right margin. */
function gradeBands(grades, low, high, field) {
  const shapes = [], notes = [];
  grades.forEach((grade, i) => {
    const below = grade.low === null ? low : Math.max(low, grade.low);
    const above = grade.high === null ? high : Math.min(high, grade.high);
    if (below >= above) return;
    shapes.push({ type: "rect", xref: "paper", x0: 0, x1: 1, y0: below, y1: above, fillcolor: GROUND[i % 2], line: { width: 0 }, layer: "below" });
    if (((above - below) / (high - low)) * field >= 14) {
      notes.push({
        xref: "paper", x: 1, y: (below + above) / 2, xanchor: "left", xshift: 4, showarrow: false, text: typed(grade.name),
        font: { size: LABEL, color: SOFT },
      });
    }
  });
  return { shapes, notes };
}

/** An upright line through fan and strip. */
function upright(day, colour, hour, width, dash) {
  const x = `${isoOf(day)} ${hour}`;
  return { type: "line", x0: x, x1: x, yref: "paper", y0: 0, y1: 1, line: { color: colour, width, dash }, layer: colour === GRID ? "below" : "above" };
}

/** A line of text in the strip, beginning at the left or ending at the right beside a day. */
function note(day, row, words, side, colour, shift = 7) {
  return {
    x: day, y: -row, yref: "y2", xanchor: side, xshift: side === "left" ? shift : -shift, yanchor: "middle", showarrow: false,
    text: words, align: side, font: { size: LABEL, color: colour },
  };
}

const shortDay = (iso, start) => said(iso, iso.slice(0, 4) !== start.slice(0, 4));

function observedNotes(named, start, first, perDay, lines) {
  return named.map((event, row) => {
    const left = (dayOf(event.on) - first) * perDay + LEFT - 14, right = (start - dayOf(event.on)) * perDay - 12;
    const [side, room] = left >= right ? ["right", left] : ["left", right];
    const words = wrapped(`${shortDay(event.on, isoOf(start))} · ${event.label}`, room, lines);
    return { ...note(event.on, row * lines + 1, words.map(typed).join("<br>"), side, INK), yanchor: "top", yshift: 9 };
  });
}

/** An entry's name: right of its mark if there is room, else left of it; a long bar carries it. */
function entryNote(entry, row, about, perDay, margin, narrow) {
  const first = dayOf(entry.first), last = dayOf(entry.last);
  const rooms = {
    left: (dayOf(about.end) - last) * perDay + margin - 14,
    right: (first - dayOf(about.start)) * perDay - 14,
    bar: (last - first) * perDay - 10,
  };
  const when = shortDay(entry.first, about.start) + (last > first ? ` – ${shortDay(entry.last, about.start)}` : "");
  const words = narrow ? entry.note.split(" (")[0] : entry.note;
  let label = narrow ? "" : `${when} · ${entry.label} · `;
  const need = widthOf(label + words);
  const sides = Object.keys(rooms);
  const side = sides.find((s) => rooms[s] >= need) ?? sides.reduce((a, b) => (rooms[b] > rooms[a] ? b : a));
  if (!narrow && need > rooms[side]) {
    label = `${when} · ${shorten(entry.label, rooms[side] - widthOf(`${when} ·  · ${words}`))} · `;
  }
  if (side === "bar") return { ...note(entry.first, row, typed(label + words), "left", INK, 10), bgcolor: "white", borderpad: 1 };
  return note(side === "left" ? entry.last : entry.first, row, typed(label + words), side, INK);
}

/** Places of about so many of `count` days, the last among them. */
function readAt(count, about, first) {
  const every = Math.max(1, Math.round(count / about));
  const places = [];
  for (let i = first ?? every - 1; i < count - Math.floor(every / 2); i += every) places.push(i);
  if (count && places.at(-1) !== count - 1) places.push(count - 1);
  return places;
}

function fanTables(q, dates, about) {
  const bands = BANDS.toReversed();
  const range = ([, a, b], i) => `${figure(q[a][i], 1)} to ${figure(q[b][i], 1)}`;
  const parts = [table(
    `${about.title}, ${about.unit}`,
    [column("End of"), numbers("median"), ...bands.map(([share]) => numbers(`${100 * share} % of the paths`))],
    readAt(dates.length, READ - 1, 0).map((i) => [said(dates[i]), figure(q["0.5"][i], 1), ...bands.map((band) => range(band, i))]),
  )];
  if (about.history.length) {
    parts.push(table("Observed before the start", [column("Day"), column("What"), column("Usually")],
      about.history.map((event) => [said(event.on), event.label, RAISES[wayOf(event)]])));
  }
  if (about.calendar.length) {
    parts.push(table("Due in the window", [column("When"), column("What"), column("Probability")],
      about.calendar.map((entry) => [span(entry.first, entry.last), entry.label, entry.note])));
  }
  if (about.undated.length) parts.push(p("", `Without a fixed date: ${about.undated.join("; ")}.`));
  return parts;
}

/** Names of the fan's line and bands. */
function fanLegend(baseline = false) {
  const items = [[CENTRE, "median"], ...BANDS.toReversed().map(([share]) => [FAN[share], `${100 * share} % of the paths`])];
  if (baseline) items.push(["#767676", "baseline: median, and the edges of its 95 %"]);
  const swatch = (colour) => el("span", { class: "swatch", style: { background: colour } });
  return el("ul", { class: "legend", "aria-label": "Legend" }, items.map(([c, words]) => el("li", {}, swatch(c), el("span", {}, words))));
}
