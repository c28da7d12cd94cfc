// The page of a comparison: what changes if. `comparison` is comparison.json, `about` page.json beside it.

const LEADING = 3; // sentences of a scenario that stand at the top: its greatest clear differences
const KINDS = { clear: "clear", small: "small", same: "same" };
const SURE = ["clear", "small"];

function comparisonHead({ comparison: c, about }) {
  const draws = c.draws > 1 ? ` and ${counted(c.draws)} draws of the parameters` : "";
  const others = Object.values(c.contrasts).map((contrast) => about.titles[contrast.name]).join(", ");
  const baseline = c.scenarios[c.baseline];
  return [
    el("h1", {}, `${baseline.scenario}: what changes if`), p("", `${about.titles[c.baseline]}, against: ${others}.`),
    p("run", `${span(baseline.start, baseline.end)}. All scenarios on the same ${counted(c.paths)} paths${draws}: each future ` +
      "differs from its twin only by what the scenario changes, and only from the day on which that can matter."),
  ];
}

function comparisonSections(data) {
  const { comparison: c, about } = data;
  const contrasts = Object.values(c.contrasts);
  const worlds = contrasts.filter((contrast) => contrast.kind !== "condition");
  const found = contrasts.filter((contrast) => contrast.kind === "condition");
  return [
    section("summary", "In short", "In short", comparisonSummary(data, worlds, found)),
    ...sideBySide(data, worlds), ...overlaySections(data), ...worlds.map((contrast) => worldSection(data, contrast)),
    ...found.map((contrast) => conditionSection(data, contrast)),
    section("limits", "What could not be compared, and warnings", "Limits",
      about.limits.length ? bullets(about.limits) : p("", "Everything that is asked of one is asked of the other. No warnings.")),
    section("again", "How to make it again", "How to make it again", againOf(about)),
  ];
}

function comparisonSummary({ comparison, about }, worlds, found) {
  const parts = worlds.map((contrast) => {
    const outcomes = Object.values(contrast.outcomes);
    const size = (o) => Math.abs(o.difference.value ?? 0);
    const clear = outcomes.filter((o) => o.difference.verdict === "clear").sort((a, b) => size(b) - size(a));
    const titles = (wanted) => outcomes.filter((o) => wanted(o.difference.verdict)).map((o) => o.title).join("; ");
    const small = titles((v) => v === "small"), rest = titles((v) => !SURE.includes(v));
    const sentences = clear.slice(0, LEADING).map((o) => o.sentence);
    if (clear.length > LEADING) sentences.push(`${clear.length - LEADING} more clear differences stand in its table below.`);
    if (small) sentences.push(`Clear of noise, and less than ${comparison.ignore} points: ${small}.`);
    if (rest) sentences.push(`No difference we can tell for: ${rest}.`);
    return [el("h3", {}, about.titles[contrast.name]), sentences.length ? bullets(sentences) : p("", "Nothing could be compared.")];
  });
  const names = found.map((contrast) => about.titles[contrast.name]).join("; ");
  return [parts, found.length ? p("", `Apart from these stands what is found on some paths of one scenario (${names}): that is a ` +
    "condition, not a change made, and does not say what brings what.") : null];
}

/** Every outcome in every scenario; what clearly differs from the baseline stands out. */
function sideBySide({ comparison: c, about }, worlds) {
  const outcomes = ownFirst(c.scenarios[c.baseline].outcomes);
  if (!worlds.length || !outcomes.length) return [];
  const rows = outcomes.map(([name, o]) => [listed(o.title || name, o), share(o.probability), ...worlds.map((contrast) => {
    const other = contrast.outcomes[name];
    const clear = other?.difference.verdict === "clear";
    return el(clear ? "b" : "span", { class: clear ? "clear" : "note" }, share(other?.other));
  })]);
  const columns = [column("Outcome"), numbers(about.titles[c.baseline]), ...worlds.map((contrast) => numbers(about.titles[contrast.name]))];
  return [section("outcomes", "Outcomes side by side", "Outcomes", table("Outcomes side by side", columns, rows, { quiet: true }),
    p("kind", "Bold: the difference to the baseline is clear. Grey: within noise, small, or none."))];
}

function worldSection({ about }, contrast) {
  const since = contrast.first_difference
    ? `The first day on which any path differs is ${said(contrast.first_difference)}.` : "No path differs on any day.";
  const made = contrast.news.length ? "The same scenario with a longer record." : "Made to be so, on every path.";
  const title = about.titles[contrast.name];
  return section(`scenario-${contrast.name.replaceAll(" ", "-")}`, title, title,
    p("", `${made} ${since}`), contrastTables(about, contrast), newsPart(about, contrast));
}

/** Pieces of a longer record, and what each did to the outcomes that moved clearly. */
function newsPart(about, contrast) {
  if (!contrast.news.length) return null;
  const rows = about.news[contrast.name].map(({ heading, cells, verdict }) =>
    [heading ? el("b", {}, cells[0]) : cells[0], cells[1], cells[2], verdict ? verdictMark(verdict) : ""]);
  const columns = [column("Outcome, and what moved it"), numbers("Difference, points"), numbers("95 %"), column("Verdict")];
  return [
    el("h3", {}, "Which news moved it"),
    p("", "The longer record, taken piece by piece in the calendar’s order: what each did adds up to the whole."),
    rows.length ? table("Which news moved it", columns, rows, { stacked: true, quiet: true }) : p("", "No outcome moved clearly."),
    details("The pieces of the record", "", bullets(contrast.news.map((piece) => piece.sentence))),
  ];
}

function conditionSection({ about }, contrast) {
  const title = about.titles[contrast.name];
  const warning = el("div", { class: "warnings" }, p("", el("b", {}, "Found, not made."),
    ` These are those paths of “${about.titles[contrast.against]}” on which it came true, against all its paths. They differ ` +
    "in much else too: the table says what one may expect on hearing of it, not what it brings about."));
  return section(`condition-${contrast.name.replaceAll(" ", "-")}`, `Found where: ${title}`, `Found: ${title}`, warning,
    contrastTables(about, contrast));
}

const verdictMark = (verdict) => el("span", { class: `verdict ${KINDS[verdict] ?? "noise"}` }, verdict);

function contrastTables(about, contrast) {
  const paired = contrast.kind !== "condition";
  const sides = [numbers(paired ? about.titles[contrast.against] : "All paths"),
    numbers(paired ? about.titles[contrast.name] : "Where it came true")];
  const end = [numbers("95 %"), ...(paired ? [numbers("Came true here alone"), numbers("There alone")] : []), column("Verdict")];
  const words = about.differences[contrast.name];
  const title = (name, item) => [el("b", {}, item.title || name.replaceAll("_", " ")), el("span", { class: "beside" }, item.sentence)];
  const outcomes = Object.entries(contrast.outcomes).map(([name, o]) => [title(name, o), share(o.baseline), share(o.other),
    ...words.outcomes[name], ...(paired ? [share(o.gained), share(o.lost)] : []), verdictMark(o.difference.verdict)]);
  const quantities = Object.entries(contrast.quantities).map(([name, q]) => [title(name, q), figure(q.baseline, 2), figure(q.other, 2),
    ...words.quantities[name], verdictMark(q.difference.verdict)]);
  return [
    outcomes.length ? table("Outcomes", [column("Outcome"), ...sides, numbers("Difference, points"), ...end], outcomes, { stacked: true, quiet: true }) : null,
    quantities.length ? details("Quantities", "", table("Quantities",
      [column("Quantity"), ...sides, numbers("Difference"), numbers("95 %"), column("Verdict")], quantities, { stacked: true, quiet: true })) : null,
  ];
}
