// Elements from text: what a user typed becomes a text node, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element; content is text, elements, lists of both, or null for nothing. Attributes that are false are left out. */
function el(name, attributes = {}, ...content) {
  return filled(document.createElement(name), attributes, content);
}

function svg(name, attributes = {}, ...content) {
  return filled(document.createElementNS(SVG, name), attributes, content);
}

function filled(node, attributes, content) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "style") Object.assign(node.style, value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  for (const part of content.flat(Infinity)) {
    if (part === null || part === undefined || part === "") continue;
    node.append(part instanceof Node ? part : kept(String(part)));
  }
  return node;
}

/** No line ends between a number and its per cent sign. */
function kept(text) {
  return text.replaceAll(" %", "\u00a0%");
}

const p = (kind, ...content) => el("p", kind ? { class: kind } : {}, ...content);
const bullets = (items) => el("ul", {}, items.map((item) => el("li", {}, item)));
const details = (summary, kind, ...content) => el("details", { class: kind || false }, el("summary", {}, summary), ...content);

/** A column of a table; numbers stand to the right. */
const column = (title, numbers = false) => ({ title, numbers });
const numbers = (title) => column(title, true);

/**
 * A table whose first column names the rows, in a box that scrolls where it is too wide. `stacked`: on a narrow
 * screen each row becomes a card. `quiet`: the caption is for those who listen; the heading above says the same.
 */
function table(caption, columns, rows, { stacked = false, quiet = false } = {}) {
  const kind = (c) => (c.numbers ? { class: "number" } : {});
  const head = columns.map((c) => el("th", { scope: "col", role: "columnheader", ...kind(c) }, c.title));
  const cell = (content, i) =>
    i === 0
      ? el("th", { scope: "row", role: "rowheader" }, content)
      : el("td", { role: "cell", "data-label": columns[i].title, ...kind(columns[i]) }, content);
  const whole = el(
    "table",
    { role: "table", class: stacked && "stacked" },
    el("caption", { class: quiet && "hidden" }, caption),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, head)),
    el("tbody", { role: "rowgroup" }, rows.map((row) => el("tr", { role: "row" }, row.map(cell)))),
  );
  return scrolling(caption, whole);
}

/** A box that scrolls sideways, by keyboard too. */
function scrolling(name, content) {
  return el("div", { class: "scrolls", role: "region", "aria-label": name, tabindex: "0" }, content);
}

/** A part of the page under a heading; `short` is its name in the list of contents. */
function section(name, title, short, ...content) {
  const heading = `${name}-heading`;
  const node = el("section", { id: name, "aria-labelledby": heading }, el("h2", { id: heading }, title), ...content);
  node.short = short;
  return node;
}

function contents(sections) {
  return el("ul", {}, sections.map((s) => el("li", {}, el("a", { href: `#${s.id}` }, s.short))));
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY = 86400000;

/** A date of JSON as days since 1970, and back. */
const dayOf = (iso) => Math.round(Date.parse(`${iso}T00:00:00Z`) / DAY);
const isoOf = (day) => new Date(day * DAY).toISOString().slice(0, 10);

/** A date as a reader says it: `28 Jun 2019`. */
function said(iso, year = true) {
  const [y, month, day] = iso.split("-").map(Number);
  return `${day} ${MONTHS[month - 1]}${year ? ` ${y}` : ""}`;
}

/** Two dates as a stretch: `15 May – 31 Dec 2019`. */
function span(first, last) {
  return first === last ? said(first) : `${said(first, first.slice(0, 4) !== last.slice(0, 4))} – ${said(last)}`;
}

/** A number with so many decimals, a true minus, none before zero. */
function figure(value, digits) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "-";
  const scale = 10 ** digits;
  return (rounded(value * scale) / scale + 0).toFixed(digits).replace("-", "\u2212");
}

/** To the nearest whole number, of two as near the even one: what the tables on the terminal say. */
function rounded(value) {
  const below = Math.floor(value), rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

const percent = (value) => `${rounded(100 * value)} %`;
const counted = (n) => n.toLocaleString("en-GB");
const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
const reading = (name) => JSON.parse(document.querySelector(`script[data-file="${name}"]`)?.textContent ?? "null");
const readings = (folder) =>
  [...document.querySelectorAll(`script[data-file^="${folder}/"]`)].map((script) => JSON.parse(script.textContent));

/** A forecast whose outcomes have their dates again, where these are the window's. */
function whole(forecast) {
  for (const outcome of Object.values(forecast.outcomes)) outcome.cumulative.dates ??= forecast.dates;
  return forecast;
}
