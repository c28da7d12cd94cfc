// What can be moved: a slider and a box for each number, switches, variants, and the last day that the record tells.

const MATTER = 10; // parameters that stand first, by what the first run hangs on
const FOUND = 40; // rows that a search shows
const STEPS = 1000; // of a slider

/** Four digits, without an exponent where it can be. */
function short(value) {
  return String(Number(value.toPrecision(4)));
}

class Controls {
  /** `moved`: called after each move; `known`: the controls as the server tells them; `moves`: where they stand. */
  constructor(box, known, moves, moved) {
    Object.assign(this, { box, known, moves, moved, rows: new Map() });
    this.numbers = new Map(known.numbers.map((number) => [number.path, number]));
    this.first = el("div", { class: "rows" });
    this.found = el("div", { class: "rows", hidden: true, role: "region", "aria-label": "Parameters found", "aria-live": "polite" });
    this.search = el("input", { type: "search", id: "search", autocomplete: "off" });
    this.search.addEventListener("input", () => this.find());
    this.groups = el("div", {}, this.sections());
    box.replaceChildren(
      el("h2", {}, "Move it"), ...this.choices(),
      el("h3", {}, "Parameters"),
      el("label", { class: "search", for: "search" }, "Search ", this.search), this.found,
      el("h4", { id: "first-heading" }, "Those that matter most"),
      el("div", { role: "group", "aria-labelledby": "first-heading" }, this.first), el("h4", {}, "All"), this.groups);
    this.order(known.numbers.filter((number) => number.low !== null).map((number) => number.path));
  }

  /** Parameters that stand first. */
  order(paths) {
    if (this.first.contains(document.activeElement)) return; // not under the hand
    for (const row of this.first.children) this.forget(row);
    this.first.replaceChildren(...paths.filter((path) => this.numbers.has(path)).slice(0, MATTER).map((path) => this.row(path)));
  }

  find() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of this.found.children) this.forget(row);
    this.found.hidden = !words.length;
    if (!words.length) return;
    const fits = this.known.numbers.filter(({ label, path, source }) => {
      const text = `${label} ${path} ${source ?? ""}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const more = fits.length > FOUND ? `; the first ${FOUND} are shown` : "";
    this.found.replaceChildren(p("kind", `${fits.length} found${more}.`), ...fits.slice(0, FOUND).map(({ path }) => this.row(path)));
  }

  sections() {
    const names = [...new Set(this.known.numbers.map((number) => number.section))];
    return names.map((name) => {
      const members = this.known.numbers.filter((number) => number.section === name);
      const rows = el("div", { class: "rows" });
      const group = details(`${name} (${members.length})`, "", rows);
      group.addEventListener("toggle", () => {
        if (group.open && !rows.children.length) rows.append(...members.map(({ path }) => this.row(path)));
      });
      return group;
    });
  }

  /** A number's slider, box and reset; the same number may stand in several places. */
  row(path) {
    const number = this.numbers.get(path);
    const id = `n${(Controls.count = (Controls.count ?? 0) + 1)}`;
    const box = el("input", { type: "text", class: "box", id, autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-about` });
    const slider = number.low === null ? null
      : el("input", { type: "range", min: 0, max: STEPS, step: 1, "aria-label": number.label, "aria-describedby": `${id}-about` });
    const reset = el("button", { type: "button", class: "reset", "aria-label": `Reset ${number.label}`, title: "As the file has it" }, "↺");
    const about = el("span", { class: "beside", id: `${id}-about` }, `Written: ${number.written}. `,
      number.source ? `Source: ${number.source}` : el("span", { class: "absent" }, "no source"));
    const node = el("div", { class: "control", "data-path": path }, el("label", { for: id }, capital(number.label)),
      el("div", { class: "line" }, slider, box, reset), about);
    slider?.addEventListener("input", () => this.set(path, this.text(number, this.valueAt(number, slider.value)), node));
    box.addEventListener("change", () => this.set(path, box.value.trim() || null, node));
    reset.addEventListener("click", () => this.set(path, null));
    node.sync = (but) => {
      const text = this.moves.numbers[path];
      const value = text === undefined ? number.value : parseFloat(text);
      node.classList.toggle("set", text !== undefined);
      reset.disabled = text === undefined;
      if (but !== node || document.activeElement !== box) box.value = text ?? this.text(number, number.value);
      if (slider) {
        if (Number.isFinite(value)) slider.value = this.placeOf(number, value);
        slider.setAttribute("aria-valuetext", `${box.value}${text === undefined ? ", in doubt" : ", fixed"}`);
      }
    };
    this.rows.set(path, [...(this.rows.get(path) ?? []), node]);
    node.sync();
    return node;
  }

  forget(node) {
    const path = node.dataset.path;
    if (path) this.rows.set(path, (this.rows.get(path) ?? []).filter((other) => other !== node));
  }

  text(number, value) {
    return number.unit ? `${short(value)} ${number.unit}` : short(value);
  }

  valueAt({ low, high, log }, place) {
    const share = place / STEPS;
    return log ? low * (high / low) ** share : low + (high - low) * share;
  }

  placeOf({ low, high, log }, value) {
    const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return Math.round(STEPS * Math.min(1, Math.max(0, share)));
  }

  set(path, text, from = null) {
    if (text === null) delete this.moves.numbers[path];
    else this.moves.numbers[path] = text;
    for (const row of this.rows.get(path) ?? []) row.sync(from);
    this.moved();
  }

  /** Variant, last day, calendar, interventions and histories. */
  choices() {
    const { variants, entries, interventions, histories, as_of: known } = this.known;
    const parts = [];
    if (variants.length) {
      const select = el("select", { id: "variant" }, el("option", { value: "" }, "as the file stands"),
        variants.map(({ name, title }) => el("option", { value: name, selected: name === this.moves.variant }, title)));
      select.addEventListener("change", () => this.change(() => { this.moves.variant = select.value || null; }));
      parts.push(el("label", { class: "choice" }, "Variant ", select));
    }
    const day = el("input", { type: "date", id: "as-of", min: known.first, max: known.last, value: this.moves.as_of ?? known.stated ?? "" });
    day.addEventListener("change", () => this.change(() => {
      this.moves.as_of = day.value === (known.stated ?? "") ? null : day.value;
    }));
    parts.push(el("label", { class: "choice" }, "Known up to ", day));
    if (entries.length) parts.push(details(`Calendar (${entries.length})`, "", entries.map((entry) => this.entry(entry))));
    if (interventions.length) {
      parts.push(details(`Interventions (${interventions.length})`, "",
        interventions.map(({ name, label }) => this.check(`interventions/${name}`, name.replaceAll("_", " "), label))));
    }
    for (const { name, count, lines } of histories) {
      parts.push(details(`History: ${name} (${count})`, "", this.check(`history/${name}`, "all of it", ""),
        lines.map((line, i) => this.check(`history/${name}/${i}`, line, ""))));
    }
    return parts;
  }

  entry({ name, label, first, last }) {
    const now = this.moves.entries[name] ?? "";
    const options = [["", "as stated"], ["happens", "happens"], ["not", "does not happen"]];
    const select = el("select", { "data-entry": name }, options.map(([value, words]) => el("option", { value, selected: value === now }, words)));
    select.addEventListener("change", () => this.change(() => {
      if (select.value) this.moves.entries[name] = select.value;
      else delete this.moves.entries[name];
    }));
    return el("label", { class: "switch" }, el("span", {}, label, first ? el("span", { class: "beside" }, span(first, last)) : null), select);
  }

  check(place, words, beside) {
    const box = el("input", { type: "checkbox", checked: !this.moves.off.includes(place), "data-place": place });
    box.addEventListener("change", () => this.change(() => {
      this.moves.off = this.moves.off.filter((other) => other !== place);
      if (!box.checked) this.moves.off.push(place);
    }));
    return el("label", { class: "switch" }, box, el("span", {}, words, beside ? el("span", { class: "beside" }, beside) : null));
  }

  change(act) {
    act();
    this.moved();
  }
}
