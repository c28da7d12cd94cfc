// The page of a track: the same questions as the record grew. `track` is track.json, `about` page.json beside it.

function trackHead({ track, about }) {
  const dates = Object.values(track.outcomes)[0].dates;
  return [
    el("h1", {}, `${about.title}: the same questions, again`),
    p("run", `${span(dates[0], dates.at(-1))}, ${dates.length} points. Each knows the record up to its day and nothing later; all ` +
      "run on the same paths, so that what moved between two of them is not chance’s doing."),
  ];
}

function trackSections(data) {
  const { track, about } = data;
  const alerts = Object.values(track.outcomes).flatMap((o) => o.alerts).sort((a, b) => a.date.localeCompare(b.date));
  const shown = new Chart(movingCourses(data));
  const moved = section("track", "How the forecast moved", "The series", shown.node);
  moved.charts = [shown];
  return [
    section("alerts", "Alerts", "Alerts", alerts.length ? bullets(alerts.map((one) => one.sentence))
      : p("", "No move was both large and clear of noise.")),
    moved,
    section("news", "What moved it", "What moved it", trackNews(data)),
    section("again", "How to make it again", "How to make it again", againOf(about)),
  ];
}

/** A line for each outcome over the days on which it was asked. */
function movingCourses({ track, about }) {
  const curves = Object.entries(track.outcomes).map(([name, o], i) => {
    const [colour, dash] = look(i);
    return {
      name, title: about.titles[name], text: about.words[name].probability, range: about.words[name].range, dates: o.dates,
      probability: o.probability, low: o.weights_low.at(-1), high: o.weights_high.at(-1), colour, dash, groups: [name], on: i < SHOWN,
    };
  });
  const traces = curves.map((c) => {
    const trace = curveTrace(c);
    return { ...trace, mode: "lines+markers", line: { ...trace.line, shape: "linear" }, marker: { size: 6, color: c.colour } };
  });
  const layout = (width, drawn) => {
    const whole = curveLayout(width, drawn);
    whole.yaxis.title.text = "probability";
    return whole;
  };
  return {
    name: "track", reading: "percent", traces, layout, table: curveTable(curves), legend: "Outcomes shown",
    says: "Probability by what was known on each day; the bar beside a line’s end is the parameter range.",
    switches: curves.map((c) => ({
      group: c.name, colour: c.colour, dash: c.dash, on: c.on,
      label: el("span", {}, el("span", {}, c.title), " ", el("b", {}, c.text)),
    })),
  };
}

function trackNews({ track, about }) {
  const rows = Object.keys(track.outcomes).filter((name) => about.news[name].length).flatMap((name) =>
    [[el("b", {}, about.titles[name]), "", ""], ...about.news[name]]);
  if (!rows.length) return p("", "No piece of the record moved an outcome clearly.");
  return table("What moved it", [column("Outcome, and what moved it"), numbers("Difference, points"), numbers("95 %")], rows,
    { stacked: true, quiet: true });
}
