// The page of a run: what it found, from the forecast and what the scenario says beside it.
//
// `run`: { forecast, about, drivers, stories, before }; `about` is page.json, `before` a baseline's forecast and words.

const HEADLINES = 5;

function runSections(run) {
  return [
    section("summary", "In short", "In short", summaryOf(run)),
    ...(Object.keys(run.forecast.outcomes).length ? [section("outcomes", "Outcomes", "Outcomes", outcomesOf(run))] : []),
    ...fansOf(run), ...curvesOf(run), ...givenOf(run), ...driversOf(run), ...watchOf(run), ...storiesOf(run), ...calendarOf(run),
    section("counts", "Quantities and counts", "Counts", quantitiesTable(run), eventsTable(run)),
    ...(run.about.model ? [section("model", "The model as a picture", "Model", modelOf(run.about.model))] : []),
    section("assumptions", "What it assumes", "Assumptions", assumptionsOf(run.about)),
    section("warnings", "Warnings", "Warnings", run.about.warnings.length ? bullets(run.about.warnings) : p("", "None.")),
    section("again", "How to make it again", "How to make it again", againOf(run.about)),
  ];
}

function headOf({ forecast, about }) {
  const draws = forecast.draws > 1 ? `${counted(forecast.draws)} draws of the parameters` : "one set of parameters";
  const warned = about.warnings;
  return [
    el("h1", {}, forecast.scenario),
    forecast.variant ? p("", `Variant: ${forecast.variant}`) : null,
    p("run", `A forecast for ${span(forecast.start, forecast.end)}, from ${counted(forecast.paths)} simulated futures with ${draws}.`),
    forecast.as_of ? p("", `Known up to ${said(forecast.as_of)}: until then the record, after it chance.`) : null,
    about.record ? p("record", recordSentence(about.record)) : null,
    warned.length
      ? el("div", { class: "warnings" }, el("p", {}, el("a", { href: "#warnings" },
          warned.length === 1 ? "One warning:" : `${warned.length} warnings:`), ` ${warned[0]}`))
      : null,
  ];
}

/** Past accuracy, where a ledger has any: n, Brier score against the base rate's. */
function recordSentence(record) {
  const against = record.reference === null ? "" :
    `; on the ${record.compared} of them with a base rate ${figure(record.compared_brier, 3)} against the base rate’s ${figure(record.reference, 3)}`;
  return `Past accuracy: ${record.n} resolved ${record.n === 1 ? "question" : "questions"} in ${record.file}, mean Brier score ` +
    `${figure(record.brier, 3)}${against} (0 is perfect, 0.25 a coin’s).`;
}

/** Outcomes of the scenario, before those of a built-in model. */
function ownFirst(outcomes) {
  const items = Object.entries(outcomes);
  return [...items.filter(([, o]) => !o.built_in), ...items.filter(([, o]) => o.built_in)];
}

const listed = (title, item) => (item.built_in ? `built-in: ${title}` : title);

function summaryOf({ forecast, about }) {
  const cards = ownFirst(forecast.outcomes).slice(0, HEADLINES).map(([name, o]) => {
    const words = about.outcomes[name];
    const range = [words.fraction, words.across].filter(Boolean).join("; ");
    return el("li", {},
      el("span", { class: "figure" }, words.probability), " ", el("span", { class: "title" }, o.title), " ",
      el("span", { class: "range" }, range), " ",
      words.compare ? el("span", { class: "range" }, `To compare: ${words.compare}`) : null);
  });
  return [
    p("lead", about.lead),
    cards.length ? el("ul", { class: "headlines" }, cards) : null,
    p("kind", "A probability here is the share of simulated futures in which a thing came true. It says what the file’s " +
      "numbers imply, not what the world will do: if they are wrong, so is the forecast."),
  ];
}

function outcomesOf(run) {
  return [
    outcomesTable(run),
    p("kind", "Quote the parameter range: nine times in ten the probability would lie in it if one knew which of the " +
      "doubtful numbers are right. The Monte Carlo interval is only the luck of the computer. The median date is the date " +
      "by which half of the futures in which it comes true have it. “To compare” is what the file itself states about " +
      "the same thing: a base rate, a calendar entry’s probability, or an event’s usual rate over the same days and " +
      "nothing else; nothing where something holds it back or brings it besides."),
    settledOf(run),
  ];
}

/** Probability with both intervals, drawn and in figures. */
function outcomesTable({ forecast, about, before }) {
  const columns = [column("Outcome"), numbers("Probability"), column("0 to 100 %"), numbers("Parameter range, 5–95 %"),
    numbers("Monte Carlo 95 %"), numbers("Median date")];
  const rows = ownFirst(forecast.outcomes).map(([name, o]) => {
    const words = about.outcomes[name];
    const compared = words.compare && `To compare: ${words.compare}${words.compare_source ? ` (${words.compare_source})` : ""}`;
    return [
      [el("b", {}, listed(o.title, o)), compared ? el("span", { class: "beside" }, compared) : null],
      el("b", { class: "figure" }, words.probability),
      probabilityBar(o, before?.outcomes[name]?.probability),
      words.range, words.interval, o.first_date.p50 ? said(o.first_date.p50) : "-",
    ];
  });
  return table("Outcomes", columns, rows, { stacked: true, quiet: true });
}

/** A probability on a line from 0 to 100 %: light the parameter range, dark the Monte Carlo interval; a tick at a baseline's. */
function probabilityBar(o, baseline) {
  const wide = 130, thick = 18;
  const rect = (x, width, height, fill) => svg("rect", { x: x.toFixed(1), y: (thick - height) / 2, width: width.toFixed(1), height, fill });
  const parts = [rect(0, wide, 1.5, GRID), ...[0, 1, 2, 3, 4].map((i) => rect((wide * i) / 4 - 0.5, 1, 8, FAINT))];
  if (o.weights_low !== null) parts.push(rect(wide * o.weights_low, wide * (o.weights_high - o.weights_low), 10, FAN[0.8]));
  if (o.low !== null) parts.push(rect(wide * o.low, Math.max(1, wide * (o.high - o.low)), 10, FAN[0.5]));
  if (baseline !== undefined) parts.push(rect(wide * baseline - 1, 2, 16, "#6b6b6b"));
  parts.push(svg("circle", { cx: (wide * o.probability).toFixed(1), cy: thick / 2, r: 4, fill: CENTRE }));
  const view = { width: wide + 10, height: thick, viewBox: `-5 0 ${wide + 10} ${thick}` };
  return svg("svg", { class: "bar", ...view, "aria-hidden": "true" }, parts);
}

/** By what test each question will be settled. */
function settledOf({ forecast, about }) {
  const asked = Object.entries(about.settled);
  const rows = asked.filter(([, s]) => s.criteria || s.source || s.void_if)
    .map(([, s]) => [s.title, s.criteria || "-", s.source || "-", s.void_if || "-"]);
  const without = asked.filter(([, s]) => !s.criteria).map(([, s]) => s.title);
  if (!asked.length) return null;
  const columns = [column("Outcome"), column("Counts if"), column("As seen in"), column("Void if")];
  return details("How each question will be settled", "",
    rows.length ? table("How each question will be settled", columns, rows, { stacked: true, quiet: true }) : null,
    without.length ? p("", `Without a stated test: ${without.join("; ")}.`) : null);
}

function fansOf(run) {
  const { forecast, about, before } = run;
  const charts = Object.entries(about.charts).map(([name, chart]) => {
    const series = (f) => f?.indices[name] ?? f?.variables[name];
    const drawn = new Chart(fanChart(name, series(forecast), forecast.dates, chart, series(before)),
      el("h3", {}, chart.title), fanLegend(Boolean(before)));
    drawn.again = (next) => fanChart(name, next.forecast.indices[name] ?? next.forecast.variables[name], next.forecast.dates,
      next.about.charts[name], next.before && (next.before.indices[name] ?? next.before.variables[name]));
    return drawn;
  });
  if (!charts.length) return [];
  const node = section("fan", "Where it goes", "Where it goes", charts.map((chart) => chart.node),
    p("kind", "Bands are for single days: a future stays in the 80 % band throughout much less often than in four cases of " +
      "five. Left of the upright line stands what was observed, with triangles for what usually raises or lowers relations; " +
      "right of it what is due."));
  node.charts = charts;
  return [node];
}

function curvesOf({ forecast, about, before }) {
  if (!Object.keys(forecast.outcomes).length) return [];
  const outcomes = (f) => Object.fromEntries(ownFirst(f.outcomes));
  const chart = new Chart(byWhen(outcomes(forecast), about.outcomes, before?.outcomes));
  chart.again = (next) => byWhen(outcomes(next.forecast), next.about.outcomes, next.before?.outcomes);
  const node = section("when", "By when", "By when", chart.node,
    p("kind", "Each line rises to the probability and stops there; the bar at its end is the parameter range. A line that " +
      "jumps on one day belongs to a question that is settled on that day."));
  node.charts = [chart];
  return [node];
}

function givenOf({ forecast, about }) {
  if (Object.keys(forecast.outcomes).length < 2) return [];
  return [section("given", "If one hears of another", "If one hears",
    el("p", {}, el("b", {}, "Hearing that something happened is not making it happen."),
      " The table tells what one piece of news says about another. It does not say that the one brings the other: both may " +
      "follow from the same good or bad season. For what a thing would change, compare with a variant in which it is made to " +
      "happen."),
    about.news.map((sentence) => p("", sentence)), givenTable(forecast))];
}

const FEW = 50; // paths below which a share of them is marked as resting on few

/** P(row | column) as a heat map; the first column is the row by itself. */
function givenTable(forecast) {
  const outcomes = Object.values(forecast.outcomes);
  const caption = "Of the paths on which the column’s outcome came true, the share on which the row’s did too";
  const cell = (i, j) => {
    const value = forecast.given[i][j];
    if (i === j) return el("td", { class: "same", title: outcomes[i].title }, "·");
    if (value === null) return el("td", { title: `“${outcomes[j].title}” came true on no path` }, "-");
    const paths = Math.round(outcomes[j].probability * forecast.paths);
    const title = kept(`Where “${outcomes[j].title}” came true (${counted(paths)} paths), “${outcomes[i].title}” did on ` +
      `${share(value)} of them; on all paths ${share(outcomes[i].probability)}`);
    return el("td", { style: shade(value), title, class: paths < FEW && "few" }, share(value));
  };
  const head = [
    el("th", { scope: "col", class: "first" }, "Outcome"), el("th", { scope: "col", class: "alone" }, "by itself"),
    outcomes.map((o, j) => el("th", { scope: "col", title: o.title }, el("span", { class: "hidden" }, "given "), `${j + 1}`)),
  ];
  const rows = outcomes.map((o, i) => el("tr", {},
    el("th", { scope: "row" }, el("b", {}, `${i + 1}`), ` ${o.title}`),
    el("td", { class: "alone", style: shade(o.probability) }, share(o.probability)), outcomes.map((_, j) => cell(i, j))));
  const whole = el("table", { class: "heat" }, el("caption", { class: "hidden" }, caption), el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows));
  return [p("kind", `${caption}.`), scrolling(caption, whole)];
}

/** A share of the paths in percent: a bound where it would read 0 or 100 % and is not. */
function share(value) {
  if (value === null || value === undefined) return "-";
  if (value > 0 && value < 0.01) return "<1 %";
  return value > 0.99 && value < 1 ? ">99 %" : percent(value);
}

/** From white to dark blue by probability; the text black or white, whichever stands out more (WCAG 2.1). */
function shade(value) {
  const colour = [[255, 8], [255, 48], [255, 107]].map(([a, b]) => Math.round(a + (b - a) * 0.92 * value));
  const [r, g, b] = colour.map((c) => (c < 11 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return { background: `rgb(${colour})`, color: 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff" };
}

const NOTICED = 0.005; // a cause that moved a calendar entry by less than half a point is left out

/** Stated against simulated, and what made the difference. */
function calendarOf({ forecast, about }) {
  const entries = Object.entries(forecast.calendar);
  if (!entries.length) return [];
  const when = (name) => about.calendar[name]?.first ?? forecast.end;
  entries.sort(([a], [b]) => (when(a) < when(b) ? -1 : when(a) > when(b) ? 1 : 0));
  const rows = entries.map(([name, entry]) => {
    const known = about.calendar[name];
    const causes = Object.entries(entry.moved_by).filter(([, by]) => by !== null && Math.abs(by) >= NOTICED)
      .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
      .map(([cause, by]) => `${about.causes[cause] ?? cause} ${by > 0 ? "+" : "−"}${Math.round(100 * Math.abs(by))}`);
    return [known?.label || name, known?.first ? span(known.first, known.last) : "-", share(entry.stated),
      el("b", {}, share(entry.probability)), causes.join("; ") || "nothing"];
  });
  const columns = [column("Calendar entry"), numbers("When"), numbers("Stated"), numbers("Simulated"), column("Adjustment, points")];
  return [section("calendar", "Calendar: stated, and simulated", "Calendar",
    table("Calendar: stated and simulated", columns, rows, { stacked: true, quiet: true }),
    p("kind", "A stated probability is meant for the usual course of things. Where the simulated one differs, the last column " +
      "splits the difference, in percentage points, by what moved it."))];
}

/** Mean and quantiles of the numbers that were asked for. */
function quantitiesTable({ forecast, about }) {
  const items = ownFirst(forecast.quantities);
  if (!items.length) return null;
  const rows = items.map(([name, q]) => {
    const { title, figures } = about.quantities[name];
    return [listed(title, q), ...figures, q.share === 1 ? "all paths" : share(q.share)];
  });
  const columns = [column("Quantity"), ...["Mean", "5 %", "Median", "95 %", "Defined on"].map(numbers)];
  return table("Quantities", columns, rows, { stacked: true, quiet: true });
}

/** How many events of each type a path has: the quickest test of a file against memory. */
function eventsTable({ forecast, about }) {
  const rows = Object.entries(forecast.events).map(([name, event]) => [about.events[name] ?? name, figure(event.mean_count, 1),
    ...["0.05", "0.5", "0.95"].map((key) => figure(event.quantiles[key], 0))]);
  const columns = [column("Event type"), ...["Mean", "5 %", "Median", "95 %"].map(numbers)];
  return details("How often each kind of event happens: compare it with your memory of a usual time", "",
    table("Events in the window", columns, rows, { quiet: true }));
}

/** Who acts on whom, as an image that can run nothing, and the loops in words. */
function modelOf({ svg: drawn, loops }) {
  const source = drawn && `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawn)}`;
  const [head, ...lines] = loops;
  return [
    drawn ? el("img", { class: "model", src: source, alt: "Parts of the model and arrows between them; the loops are listed below." })
      : p("", "Graphviz, which lays the picture out, was not installed where this page was made."),
    p("", lines.length ? "Loops, strongest first. The gain is the part of a lasting push that comes back the first time around." : head),
    ...(lines.length ? [bullets(lines)] : []),
  ];
}

/** What the scenario itself states first, then what it inherits, by section; what has no source is marked. */
function assumptionsOf({ assumptions, main }) {
  const doubtful = assumptions.filter((item) => !item.certain);
  const bare = (items) => items.filter((item) => !item.source).length;
  const groups = new Map();
  for (const item of assumptions) {
    const file = item.origin?.replace(/:[^:]*$/, "") ?? null;
    const title = main === null || file === main ? "Stated in this scenario" : `Taken from ${file}`;
    groups.set(title, [...(groups.get(title) ?? []), item]);
  }
  const columns = [column("Parameter"), column("As written"), column("Median (90 % range), doubt"), column("Source")];
  const own = (title) => title === "Stated in this scenario";
  const shown = [...groups].sort(([a], [b]) => own(b) - own(a)).map(([title, members]) => [
    el("h3", {}, `${title} (${counted(members.length)})`),
    [...new Set(members.map((item) => item.path[0]))].map((name) => {
      const rows = members.filter((item) => item.path[0] === name);
      return details(`${name} (${counted(rows.length)})`, "assumptions",
        table(`${name}: parameters`, columns, rows.map(assumptionRow), { stacked: true, quiet: true }));
    }),
  ]);
  const button = el("button", { type: "button" }, "Open all");
  button.addEventListener("click", () => {
    const all = [...document.querySelectorAll("details.assumptions")];
    const open = all.some((one) => !one.open);
    for (const one of all) one.open = open;
    button.textContent = open ? "Close all" : "Open all";
  });
  return [
    p("", `${counted(assumptions.length)} numbers, of which ${counted(doubtful.length)} carry a doubt. Without a source: ` +
      `${counted(bare(doubtful))} of those in doubt, ${counted(bare(assumptions) - bare(doubtful))} of the others (marked below).`),
    p("", "Groups open with a click; what is open is printed. ", button), shown,
  ];
}

function assumptionRow(item) {
  return [
    [item.path.slice(1).join(" · "), item.origin ? el("span", { class: "beside" }, item.origin) : null],
    item.written.replace(/^-/, "−"), item.doubt,
    [item.source || el("span", { class: "absent" }, "no source"), item.note ? el("span", { class: "note" }, ` Note: ${item.note}`) : null],
  ];
}

/** Version, command and files. */
function againOf({ relsim, command, files }) {
  return [
    p("", `relsim ${relsim} makes the same numbers, byte for byte, of the same files with this command:`), el("pre", {}, command),
    table("Files read, and their SHA-256", [column("File"), column("SHA-256")],
      Object.entries(files).map(([name, digest]) => [name, el("code", { class: "hash" }, digest)]), { stacked: true }),
  ];
}
