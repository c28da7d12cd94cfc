// What a forecast hangs on: a table of parameters for each question.

const DRIVERS_SHOWN = 5;

function driversOf({ forecast, drivers, about }) {
  if (!drivers) return [];
  const sources = new Map(about.assumptions.map((item) => [item.path.join("/"), item.source]));
  const names = ownFirst(forecast.outcomes).map(([name]) => name).slice(0, HEADLINES)
    .filter((name) => drivers.outcomes[name]?.sentences.length);
  const parts = names.map((name, i) => {
    const driven = drivers.outcomes[name];
    const told = driven.weights.filter((w) => w.significant).slice(0, DRIVERS_SHOWN);
    const flip = told.length && driven.flip?.sentence ? [driven.flip.sentence] : [];
    const content = [bullets([...driven.sentences, ...flip]), told.length ? driversTable(drivers, driven, told, sources) : null];
    return i ? details(driven.title, "", content) : [el("h3", {}, driven.title), content];
  });
  return [section("drivers", "What it hangs on", "What it hangs on",
    p("kind", "Each number in doubt was drawn many times over. Here stand those that move the answer more than chance would: " +
      "the probability where the number is low (the lowest fifth of its draws) and where it is high."),
    parts, drivers.warnings.length ? bullets(drivers.warnings) : null)];
}

function driversTable(drivers, driven, told, sources) {
  const rows = told.map((weight) => {
    const doubt = drivers.weights[weight.weight];
    const source = sources.get(weight.weight);
    const beside = el("span", { class: "beside" }, doubt ? `Written: ${doubt.as_written}. ` : null,
      source ? `Source: ${source}` : el("span", { class: "absent" }, "no source"));
    const end = ({ value, text }) => `${percent(value)} at ${text}`;
    return [[capital(doubt?.label ?? weight.weight), beside], driverBar(driven.value, weight), end(weight.at_low), end(weight.at_high)];
  });
  const columns = [column("Parameter"), column("0 to 100 %"), numbers("Where low"), numbers("Where high")];
  return table(`What “${driven.title}” hangs on`, columns, rows, { stacked: true, quiet: true });
}

/** From the probability where the parameter is low to that where it is high; a tick at the probability itself. */
function driverBar(value, weight) {
  const wide = 150, thick = 18;
  const rect = (x, width, height, fill) => svg("rect", { x: x.toFixed(1), y: (thick - height) / 2, width: width.toFixed(1), height, fill });
  const [low, high] = [weight.at_low.value, weight.at_high.value].sort((a, b) => a - b);
  const parts = [rect(0, wide, 1.5, GRID), rect(wide * low, Math.max(1, wide * (high - low)), 10, FAN[0.8])];
  if (value !== null) parts.push(rect(wide * value - 1, 2, 14, CENTRE));
  return svg("svg", { class: "bar", width: wide, height: thick, viewBox: `0 0 ${wide} ${thick}`, "aria-hidden": "true" }, parts);
}

/** What would move it: things that can be seen in the next days, and what each says of an outcome. */
function watchOf({ watch }) {
  const told = Object.values(watch?.outcomes ?? {}).filter((o) => o.observations.length);
  if (!told.length) return [];
  const given = (p) => (p ? percent(p.value) : "-");
  const made = (m) => (m ? `${m.difference < 0 ? "" : "+"}${figure(100 * m.difference, 0)}` : "-");
  const columns = [column("If one sees"), numbers("Seen on"), numbers("Then"), numbers("If not"), numbers("If made to happen, points")];
  const parts = told.map((o, i) => {
    const rows = o.observations.map((seen) => [seen.name.replaceAll("_", " "), share(seen.probability_seen), given(seen.if_seen),
      given(seen.if_not_seen), made(seen.if_made)]);
    const shown = table(`What would move “${o.title}”`, columns, rows, { stacked: true, quiet: true });
    const head = `${o.title}: ${share(o.probability)} now`;
    return i ? details(head, "", shown) : [el("h3", {}, head), shown];
  });
  return [section("watch", "What would move it", "What would move it",
    p("kind", `What can be seen within ${watch.within_days} days, and the probability then; what moves it most comes first. ` +
      "Seeing is not making: the last column says what changes when it is made to happen, on the same paths."), parts)];
}
