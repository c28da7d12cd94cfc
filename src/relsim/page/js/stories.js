// Paths told as dated lines.

const HEADINGS = { typical: "A typical path", "near miss": "A near miss" };

function storiesOf({ stories }) {
  const told = (stories ?? []).filter((s) => s.typical.length + s.near_misses.length + s.chosen.length);
  return told.length ? [section("stories", "How it may go", "How it may go", told.map(storiesPart))] : [];
}

/** Each story as a list of dated lines, under the course of the outcome's chance. */
function storiesPart(stories) {
  const start = stories.dates[0];
  const parts = [stories.typical, stories.near_misses, stories.chosen].flatMap((kind) => kind.map((story, i) => {
    const name = HEADINGS[story.category] ?? "A path";
    const heading = `${i ? name.replace("A ", "Another ") : name} (number ${counted(story.path)})`;
    return i ? details(heading, "", storyPart(story, start)) : [el("h3", {}, heading), storyPart(story, start)];
  }));
  const all = [...stories.typical, ...stories.near_misses, ...stories.chosen];
  return [
    stories.title !== null ? p("", `Paths about “${stories.title}”, chosen for being like many others, not for being nice.`) : null,
    stories.notes.length ? bullets(stories.notes) : null, parts,
    all.some((story) => story.lines.some((line) => line.marked))
      ? p("kind", "Bold: turning points, where the outcome’s chance moved most.") : null,
  ];
}

function storyPart(story, start) {
  return [
    p("", story.summary, story.missing ? ` Missing: ${story.missing}.` : null),
    story.chance.length > 1 ? chanceCurve(story.chance) : null,
    el("ol", { class: "timeline" }, story.lines.map((line) => {
      const when = said(line.on, line.on.slice(0, 4) !== start?.slice(0, 4));
      const until = line.until ? ` – ${said(line.until, line.until.slice(0, 4) !== line.on.slice(0, 4))}` : "";
      return el("li", { class: line.marked && "marked" }, el("time", { datetime: line.on }, when + until), " ", el("span", {}, line.text));
    })),
  ];
}

/** The chance along the path, a small line from 0 to 100 %. */
function chanceCurve(chance) {
  const wide = 640, high = 70;
  const first = chance[0], last = chance.at(-1);
  const days = Math.max(1, dayOf(last.on) - dayOf(first.on));
  const points = chance.map((c) => `${(((dayOf(c.on) - dayOf(first.on)) / days) * wide).toFixed(1)},${(high * (1 - c.probability)).toFixed(1)}`);
  const says = kept(`The chance along this path, between lines at 0, 50 and 100 %: from ${share(first.probability)} on ` +
    `${said(first.on)} to ${share(last.probability)} on ${said(last.on)}.`);
  const grid = [0, high / 2, high].map((y) => svg("line", { x1: 0, x2: wide, y1: y, y2: y, stroke: FAINT }));
  const line = svg("polyline", { points: points.join(" "), fill: "none", stroke: CENTRE, "stroke-width": 2.5 });
  const view = { viewBox: `-2 -3 ${wide + 4} ${high + 6}`, role: "img", "aria-label": says, class: "chance" };
  return el("figure", {}, svg("svg", view, grid, line), el("figcaption", { class: "kind" }, says));
}
