
// Rows of the drawing and of the table beside it have the same height.
const ROW = 28;

const EDGES = {
  spawn: "starts or is joined",
  join: "starts or is joined",
  wakes: "wakes",
  unblocks: "unblocks",
  message: "sends the message",
  "reads-from": "stores the value that is read",
  "stale-read": "stores a newer value, which is not read",
};

/** Time runs down: a line for each thread, a dot for each step, an arrow where one step leads to another. */
class Diagram {
  constructor(data, states) {
    this.data = data;
    const longest = Math.max(...data.threads.map((name) => name.length));
    this.lane = Math.max(40, Math.min(longest, 9) * 8 + 12);
    this.height = (data.steps.length + 1) * ROW;
    this.width = data.threads.length * this.lane;
    this.cursor = drawn("rect", { class: "cursor", x: 0, width: this.width, height: ROW });
    this.body = drawn("svg", {
      class: "diagram",
      viewBox: `0 0 ${this.width} ${this.height}`,
      role: "img",
      "aria-label": "Space-time diagram of the steps. The table beside it has the same steps in words.",
    });
    this.body.style.width = `${this.width / 16}rem`;
    this.body.style.height = `${this.height / 16}rem`;
    this.body.append(this.cursor);
    data.threads.forEach((_, thread) => this.drawLane(thread, states));
    this.edges = data.edges.map((edge) => this.drawEdge(edge));
    this.dots = data.steps.map((step, index) => this.drawDot(step, index));
  }

  x(thread) {
    return (thread + 0.5) * this.lane;
  }

  /** Row 0 is before the first step. */
  y(position) {
    return (position + 0.5) * ROW;
  }

  /** Solid where the thread could run, dashed where it waits, nothing before it starts and after it ends. */
  drawLane(thread, states) {
    let from = 0;
    const doing = (position) => states[position].threads[thread][0];
    for (let to = 1; to <= states.length; to += 1) {
      if (to < states.length && doing(to) === doing(from)) continue;
      if (!["new", "finished"].includes(doing(from))) {
        const bottom = to < states.length ? this.y(to) : this.height;
        const place = { x1: this.x(thread), x2: this.x(thread), y1: this.y(from), y2: bottom };
        const kind = doing(from) === "waits" ? "lane waits" : "lane";
        this.body.append(drawn("line", { class: `${kind} thread-${thread % 6}`, ...place }));
      }
      from = to;
    }
  }

  drawDot(step, index) {
    const place = { cx: this.x(step.thread), cy: this.y(index + 1), r: 5 };
    const title = drawn("title", {}, `Step ${step.step}: ${step.said}`);
    const dot = drawn("circle", { class: `dot thread-${step.thread % 6}`, ...place }, title);
    dot.dataset.position = index + 1;
    this.body.append(dot);
    return dot;
  }

  drawEdge([from, to, kind]) {
    const steps = this.data.steps;
    const [x1, y1] = [this.x(steps[from].thread), this.y(from + 1)];
    const [x2, y2] = [this.x(steps[to].thread), this.y(to + 1)];
    const length = Math.hypot(x2 - x1, y2 - y1);
    const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
    // The arrow ends at the edge of the dot.
    const [tipX, tipY] = [x2 - dx * 7, y2 - dy * 7];
    const head = [[tipX, tipY], [tipX - dx * 7 + dy * 4, tipY - dy * 7 - dx * 4], [tipX - dx * 7 - dy * 4, tipY - dy * 7 + dx * 4]];
    const title = drawn("title", {}, `Step ${steps[from].step} to step ${steps[to].step}: ${EDGES[kind]}`);
    const line = drawn("line", { x1, y1, x2: tipX - dx * 5, y2: tipY - dy * 5 });
    const group = drawn("g", { class: `edge ${kind}` }, title, line, drawn("polygon", { points: head.join(" ") }));
    this.body.append(group);
    return { group, from, to };
  }

  /** What the arrows mean, for the kinds that there are. */
  legend() {
    const used = Object.keys(EDGES).filter((kind) => this.data.edges.some((edge) => edge[2] === kind));
    // Two kinds that look the same have one entry.
    const kinds = new Map(used.map((kind) => [EDGES[kind], kind]));
    const entries = [...kinds.values()].map((kind) => {
      const line = drawn("line", { x1: 1, y1: 6, x2: 18, y2: 6 });
      const head = drawn("polygon", { points: "25,6 18,2 18,10" });
      const sample = drawn("svg", { class: "sample", viewBox: "0 0 26 12", "aria-hidden": "true" });
      sample.append(drawn("g", { class: `edge ${kind}` }, line, head));
      return element("li", "", sample, " ", EDGES[kind]);
    });
    const waiting = drawn("svg", { class: "sample", viewBox: "0 0 26 12", "aria-hidden": "true" });
    waiting.append(drawn("line", { class: "lane waits", x1: 1, y1: 6, x2: 25, y2: 6 }));
    entries.push(element("li", "", waiting, " waits"));
    return element("ul", "legend", ...entries);
  }

  show(position) {
    this.cursor.setAttribute("y", position * ROW);
    this.dots.forEach((dot, index) => dot.classList.toggle("current", index + 1 === position));
    for (const { group, from, to } of this.edges) {
      group.classList.toggle("current", from + 1 === position || to + 1 === position);
    }
  }
}
