// The page with its data inside: drawn once, when it is read.

function report() {
  const about = reading("page.json");
  const comparison = reading("comparison.json");
  const track = reading("track.json");
  for (const forecast of Object.values(comparison?.scenarios ?? {})) whole(forecast);
  const data = comparison ? { comparison, about }
    : track ? { track, about }
    : { forecast: whole(reading("forecast.json")), about, drivers: reading("drivers.json"), watch: reading("watch.json"), stories: readings("stories") };
  const [sectionsOf, head] = comparison ? [comparisonSections, comparisonHead] : track ? [trackSections, trackHead] : [runSections, headOf];
  const sections = sectionsOf(data);
  document.querySelector("header").replaceChildren(...head(data).filter(Boolean));
  document.querySelector("nav").replaceChildren(contents(sections));
  document.querySelector("main").replaceChildren(...sections);
  watchCharts(sections.flatMap((s) => s.charts ?? []));
}

report();
