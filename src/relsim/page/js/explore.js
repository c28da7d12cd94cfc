// The page with controls on it: moves go out over a socket, answers come back, the newest alone is drawn.

const OFTEN = 60; // milliseconds from one move that is sent to the next
const none = () => ({ numbers: {}, variant: null, entries: {}, off: [], as_of: null });

class Explore {
  constructor() {
    this.id = 0;
    this.drawn = 0;
    this.started = new Map();
    this.status = el("p", { class: "status", role: "status" }, "Connecting …");
    this.problems = el("div", { class: "warnings problems", role: "alert", hidden: true });
    this.moved = el("p", { class: "lead moved", "aria-live": "polite" });
    this.table = el("div", { id: "outcomes" });
    this.charts = el("div");
    this.rest = el("div");
    this.link();
    this.socket = new WebSocket(`ws://${location.host}/live`);
    this.socket.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => { this.status.textContent = "relsim has ended; what is shown is its last answer."; });
  }

  link() {
    document.querySelector("main").replaceChildren(this.status, this.problems, this.moved, ...this.actions(),
      el("h2", {}, "Outcomes"), this.table, this.charts, this.rest);
  }

  hear(message) {
    const { kind, id } = message;
    if (kind === "start" || kind === "document") this.begin(message);
    else if (kind === "order") this.controls.order((this.ordered = message.paths));
    else if (kind === "numbers" && id === this.id) this.numbers(message);
    else if (kind === "answer" && id === this.id) this.answer(message);
    else if (kind === "refused" && id === this.id) this.refuse("These moves make no valid scenario; the last good answer stays.", message.problems);
    else if (kind === "broken") this.refuse("The file has changed and is not valid; the last good answer stays.", message.problems);
    else if (["preview", "kept", "compared", "failed"].includes(kind)) this.keeping(message);
  }

  begin(message) {
    const { controls, baseline, moves, file } = message;
    this.moves = moves ?? this.moves ?? none();
    this.before = { ...whole(baseline.forecast), words: baseline.about.outcomes };
    this.file = file;
    document.title = `${baseline.forecast.scenario}: explore`;
    document.querySelector("header").replaceChildren(el("h1", {}, baseline.forecast.scenario),
      p("run", `${span(baseline.forecast.start, baseline.forecast.end)}, ${counted(baseline.forecast.paths)} simulated futures, seed ` +
        `${baseline.forecast.seed}. A slider fixes its parameter; the rest keeps its doubt. Grey: the baseline, ${file} as it stands.`));
    this.controls = new Controls(document.querySelector("#controls"), controls, this.moves, () => this.move());
    if (message.order) this.controls.order((this.ordered = message.order));
    this.show(baseline, true);
    this.calm();
    this.status.textContent = "Nothing is moved: this is the baseline.";
    if (!this.still()) this.move();
  }

  still() {
    const { numbers, variant, entries, off, as_of: asOf } = this.moves;
    return !Object.keys(numbers).length && !variant && !Object.keys(entries).length && !off.length && asOf === null;
  }

  /** A control was moved: ask, at most so often. */
  move() {
    this.id += 1;
    this.started.set(this.id, performance.now());
    this.status.textContent = "Simulating …";
    for (const button of this.buttons) button.disabled = this.still();
    clearTimeout(this.waiting);
    const wait = Math.max(0, OFTEN - (performance.now() - (this.sent ?? -OFTEN)));
    this.waiting = setTimeout(() => {
      this.sent = performance.now();
      this.send({ ask: "answer" });
    }, wait);
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ id: this.id, moves: this.moves, ...message }));
    }
  }

  numbers({ outcomes, words, moved }) {
    this.drawTable(outcomes, words);
    this.moved.textContent = kept(moved);
    this.took();
  }

  answer(message) {
    this.show({ ...message, forecast: whole(message.forecast) }, false);
    this.took();
    this.calm();
    this.status.textContent = this.still() ? "Nothing is moved: this is the baseline." : "This is the answer to your moves.";
  }

  /** How long the numbers of a move took to change, once for each. */
  took() {
    const start = this.started.get(this.id);
    if (start === undefined) return;
    this.started.clear();
    const { id } = this;
    performance.measure("numbers", { start, end: performance.now(), detail: id });
  }

  show(state, first) {
    const now = { forecast: state.forecast, about: state.about, before: this.before };
    this.drawTable(state.forecast.outcomes, state.about.outcomes);
    this.moved.textContent = kept(first ? "" : state.moved);
    const shape = JSON.stringify([Object.keys(state.about.charts), Object.keys(state.forecast.outcomes), state.forecast.dates.length]);
    if (first || shape !== this.shape) {
      this.shape = shape;
      this.sections = [...fansOf(now), ...curvesOf(now)];
      this.charts.replaceChildren(...this.sections);
      this.drawings = this.sections.flatMap((s) => s.charts);
      watchCharts(this.drawings);
    } else {
      for (const chart of this.drawings) chart.update(chart.again(now));
    }
    this.rest.replaceChildren(...calendarOf(now), section("counts", "Quantities", "Quantities", quantitiesTable(now) ?? p("", "None are asked for.")));
  }

  drawTable(outcomes, words) {
    const rows = ownFirst(outcomes).map(([name, o]) => {
      const before = this.before.outcomes[name];
      const change = before ? 100 * (o.probability - before.probability) : 0;
      const size = Math.abs(change) < 0.05 ? "" : `${change > 0 ? "+" : "−"}${Math.abs(change).toFixed(1)}`;
      return [el("b", {}, listed(o.title || name, o)), el("b", { class: "figure" }, words[name].probability),
        probabilityBar(o, before?.probability), before ? this.before.words[name].probability : "-", size || "0", words[name].range];
    });
    const columns = [column("Outcome"), numbers("Now"), column("0 to 100 %"), numbers("Baseline"), numbers("Change, points"),
      numbers("Parameter range, 5–95 %")];
    this.table.replaceChildren(table("Outcomes, now and in the baseline", columns, rows, { stacked: true, quiet: true }));
  }

  refuse(lead, problems) {
    this.problems.hidden = false;
    this.problems.replaceChildren(el("p", {}, el("b", {}, lead)), el("pre", {}, problems.join("\n")));
    this.status.textContent = "Not simulated.";
  }

  calm() {
    this.problems.hidden = true;
    this.problems.replaceChildren();
  }

  actions() {
    const button = (words, act) => {
      const node = el("button", { type: "button", disabled: true }, words);
      node.addEventListener("click", act);
      return node;
    };
    const reset = button("Reset all", () => {
      Object.assign(this.moves, none());
      this.controls = new Controls(document.querySelector("#controls"), this.controls.known, this.moves, () => this.move());
      if (this.ordered) this.controls.order(this.ordered);
      this.move();
    });
    this.said = el("p", { class: "said", role: "status" });
    this.buttons = [button("Keep …", () => this.keep()), button("Compare", () => this.send({ ask: "compare" })),
      button("Copy moves", () => this.send({ ask: "copy" })), reset];
    return [el("div", { class: "actions", role: "group", "aria-label": "What to do with the moves" }, this.buttons), this.said];
  }

  /** A dialog that shows the moves as YAML before anything is written. */
  keep() {
    const dialog = document.querySelector("#keep");
    const kind = el("select", { id: "keep-kind" }, el("option", { value: "weights" }, "a weights file, to lay over the scenario"),
      el("option", { value: "variant" }, "a variant, in a file that extends the scenario"));
    if (this.moves.variant) kind.value = "variant";
    const name = el("input", { type: "text", id: "keep-name", value: "by_hand", pattern: "[A-Za-z0-9_\\-]{1,64}", autocomplete: "off" });
    this.text = el("pre", { tabindex: "0", "aria-label": "What will be written" });
    this.told = el("p", { role: "status" });
    const write = el("button", { type: "button" }, "Write");
    const close = el("button", { type: "button" }, "Close");
    const ask = (what) => this.send({ ask: what, kind: kind.value, name: name.value });
    for (const input of [kind, name]) input.addEventListener("input", () => ask("preview"));
    write.addEventListener("click", () => ask("keep"));
    close.addEventListener("click", () => dialog.close());
    dialog.replaceChildren(el("h2", { id: "keep-heading" }, "Keep the moves"), el("label", {}, "As ", kind),
      el("label", {}, "Name ", name), this.text, this.told, el("div", { class: "actions" }, write, close));
    dialog.showModal();
    name.focus();
    ask("preview");
  }

  keeping(message) {
    const open = document.querySelector("#keep").open;
    if (message.kind === "failed") {
      const words = message.problems.join("\n");
      if (open) this.told.textContent = words;
      else this.said.textContent = words;
    } else if (message.kind === "preview") {
      this.text.textContent = message.text;
      this.told.textContent = "";
    } else if (message.kind === "kept") {
      this.told.textContent = `Written to ${message.file}. The same numbers: ${message.command}`;
    } else if (message.folder) {
      this.said.textContent = `The comparison stands in ${message.folder}; its page is report.html.`;
    } else {
      navigator.clipboard?.writeText(message.fragment).catch(() => {});
      this.said.replaceChildren("Copied. A colleague with the file opens them with: ",
        el("code", {}, `relsim explore ${this.file} --moves '${message.fragment.replaceAll("'", "'\\''")}'`));
    }
  }
}

new Explore();
