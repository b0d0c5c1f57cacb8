
/** The steps as a table with one column for each thread, and the diagram beside it. */
class Timeline {
  constructor(data, states, go) {
    this.data = data;
    this.hasOneFile = new Set(data.steps.filter((step) => step.line !== null).map((step) => step.file)).size <= 1;
    this.diagram = new Diagram(data, states);
    this.rows = [this.startRow(), ...data.steps.map((step) => this.stepRow(step))];
    this.rows.forEach((row, position) => this.clickable(row, position, go));
    this.box = element("div", "steps", this.table());
    this.box.tabIndex = 0;
    this.box.style.setProperty("--lanes", `${this.diagram.width / 16}rem`);
    this.box.setAttribute("role", "region");
    this.box.setAttribute("aria-label", "Steps");
    this.body = element("div", "timeline", this.box, this.diagram.legend());
  }

  table() {
    const lanes = element("th", "lanes");
    lanes.setAttribute("aria-hidden", "true");
    for (const name of this.data.threads) {
      const lane = element("span", "lane-name", name);
      lane.style.width = `${this.diagram.lane / 16}rem`;
      lanes.append(lane);
    }
    const names = ["Step", "Line", ...this.data.threads].map((name) => {
      const th = element("th", "", name);
      th.scope = "col";
      return th;
    });
    const head = element("thead", "", element("tr", "", lanes, ...names));
    const body = element("tbody", "", ...this.rows.map((row) => row.body));
    const table = element("table", "", head, body);
    table.setAttribute("aria-label", "What each thread does, step by step");
    return table;
  }

  startRow() {
    const drawing = element("td", "lanes", this.diagram.body);
    drawing.rowSpan = this.data.steps.length + 1;
    const button = this.button("start");
    const rest = element("td", "nothing", "before the first step");
    rest.colSpan = this.data.threads.length + 1;
    return { body: element("tr", "", drawing, element("td", "number", button), rest), button };
  }

  stepRow(step) {
    const button = this.button(String(step.step));
    const cells = this.data.threads.map((_, thread) => this.cell(step, thread));
    const place = element("td", "place", this.shortPlace(step));
    const className = step.cited ? "cited" : "";
    return { body: element("tr", className, element("td", "number", button), place, ...cells), button };
  }

  /** The table is wide enough without the name of a file that is always the same. */
  shortPlace(step) {
    if (step.file === null) return "check";
    return this.hasOneFile && step.line !== null ? String(step.line) : placeName(step.file, step.line);
  }

  cell(step, thread) {
    if (thread !== step.thread) return element("td", "");
    const cell = element("td", `action thread-${thread % 6}`, step.action);
    cell.title = step.said;
    if (step.stale) cell.prepend(element("strong", "stale", "stale"), " ");
    return cell;
  }

  /** Only the current step is a stop of the Tab key: there may be hundreds. */
  button(text) {
    const button = element("button", "", text);
    button.type = "button";
    button.tabIndex = -1;
    return button;
  }

  clickable(row, position, go) {
    row.body.addEventListener("click", (event) => {
      const dot = event.target.closest(".dot");
      // Much of the first row is the diagram.
      if (event.target.closest(".lanes") && !dot) return;
      go(dot ? Number(dot.dataset.position) : position);
    });
  }

  show(position) {
    if (this.current) {
      this.current.body.classList.remove("current");
      this.current.body.removeAttribute("aria-current");
      this.current.button.tabIndex = -1;
    }
    const hadFocus = this.current && document.activeElement === this.current.button;
    this.current = this.rows[position];
    this.current.body.classList.add("current");
    this.current.body.setAttribute("aria-current", "step");
    this.current.button.tabIndex = 0;
    if (hadFocus) this.current.button.focus({ preventScroll: true });
    this.diagram.show(position);
    reveal(this.box, this.current.button, 60);
    this.revealAcross(this.current.body.querySelector(".action"));
  }

  /** With many threads the columns do not fit: the one that acts is scrolled to. */
  revealAcross(cell) {
    const right = cell ? cell.offsetLeft + cell.offsetWidth : 0;
    this.box.scrollLeft = Math.max(0, right - this.box.clientWidth);
  }
}
