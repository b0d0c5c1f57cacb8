
/** The learner's source, with the threads on the lines that they are at. */
class SourceView {
  constructor(sources, data) {
    this.data = data;
    this.rows = new Map();
    this.marked = [];
    this.body = element("div", "source");
    this.body.tabIndex = 0;
    this.body.setAttribute("role", "region");
    this.body.setAttribute("aria-label", "Source, with the line of each thread");
    for (const [name, text] of sources) {
      if (data.steps.some((step) => step.file === name)) this.addFile(name, text);
    }
    if (this.rows.size === 0) this.body.append(element("p", "empty", "No step is in the source."));
    const longest = Math.max(...data.threads.map((name) => name.length));
    this.body.style.setProperty("--label", `${Math.min(longest, 10) + 6}ch`);
  }

  addFile(name, text) {
    this.body.append(element("p", "file", name));
    const lines = element("ol", "lines");
    text.replace(/\n$/, "").split("\n").forEach((line, index) => {
      const labels = element("span", "labels");
      const number = element("span", "number", String(index + 1));
      const row = element("li", "line", number, labels, element("code", "", line));
      lines.append(row);
      this.rows.set(`${name}:${index + 1}`, { row, labels });
    });
    this.body.append(lines);
  }

  show(state, position) {
    const step = this.data.steps[position - 1];
    for (const { row, labels } of this.marked) {
      row.classList.remove("current", "occupied");
      row.removeAttribute("aria-current");
      labels.replaceChildren();
    }
    this.marked = [];
    state.threads.forEach((cell, thread) => this.mark(cell, thread, step !== undefined && thread === step.thread));
    const nearest = this.nearest(position);
    if (nearest) reveal(this.body, nearest.row, 24);
  }

  /** The line of the step at a position. Where that is in the check: of the last one before it, or the first. */
  nearest(position) {
    const { steps } = this.data;
    const row = (step) => this.rows.get(`${step.file}:${step.line}`);
    const before = steps.slice(0, position).findLast(row) ?? steps.find(row);
    return before && row(before);
  }

  mark([doing, , place], thread, acts) {
    const found = place && this.rows.get(`${place[0]}:${place[1]}`);
    if (!found || (doing === "finished" && !acts)) return;
    const name = this.data.threads[thread];
    const words = acts ? `▶ ${name}` : doing === "waits" ? `${name} waits` : name;
    const label = element("span", `label thread-${thread % 6}`, words);
    label.title = name;
    found.labels.append(label, " ");
    found.row.classList.add("occupied");
    if (acts) {
      found.row.classList.add("current");
      found.row.setAttribute("aria-current", "step");
    }
    this.marked.push(found);
  }
}
