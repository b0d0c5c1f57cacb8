
/** The state after every step, out of what each of them changes. */
function statesOf(data) {
  const count = data.threads.length;
  let cells = [];
  return data.changes.map((changes) => {
    cells = cells.slice();
    const changed = new Set();
    for (let at = 0; at < changes.length; at += 2) {
      cells[changes[at]] = data.cells[changes[at + 1]];
      changed.add(changes[at]);
    }
    return { threads: cells.slice(0, count), objects: cells.slice(count), changed };
  });
}

/** Two tables: what each thread does, and what is so about each object. */
class StateView {
  constructor(data) {
    this.threads = data.threads.map((name, thread) => {
      const label = element("span", `label thread-${thread % 6}`, name);
      return this.row("thread", [label], ["doing", "place"]);
    });
    this.objects = data.objects.map(([name, kind]) => {
      const shown = name === kind ? [name] : [name, " ", element("span", "kind", kind)];
      return this.row("object", shown, ["is", "holders", "waiting"]);
    });
    const threads = this.table("Threads", ["Thread", "What it does", "Line"], this.threads);
    const objects = this.table("Shared objects", ["Object", "State or value", "Held by", "Waiting"], this.objects);
    this.body = element("div", "state", threads, objects);
    if (data.objects.length === 0) objects.remove();
  }

  row(className, heading, names) {
    const th = element("th", "", ...heading);
    th.scope = "row";
    const cells = names.map((name) => element("td", name));
    return { body: element("tr", className, th, ...cells), cells };
  }

  table(caption, headings, rows) {
    const head = element("tr", "", ...headings.map((text) => {
      const th = element("th", "", text);
      th.scope = "col";
      return th;
    }));
    const body = element("tbody", "", ...rows.map((row) => row.body));
    return element("table", "", element("caption", "", caption), element("thead", "", head), body);
  }

  show(state, actor, isFirst) {
    this.threads.forEach((row, thread) => {
      const [doing, words, place] = state.threads[thread];
      const acts = thread === actor;
      const begun = acts || !["new", "finished"].includes(doing);
      const status = !acts ? words : { runs: "takes this step", finished: "takes its last step" }[doing] ?? words;
      this.fill(row, [status, place ? placeName(...place) : begun ? "in the check" : ""]);
      row.body.classList.toggle("acts", acts);
      row.body.dataset.doing = doing;
    });
    this.objects.forEach((row, object) => {
      this.fill(row, state.objects[object]);
      row.body.classList.toggle("changed", !isFirst && state.changed.has(this.threads.length + object));
    });
  }

  fill(row, texts) {
    row.cells.forEach((cell, index) => {
      cell.textContent = texts[index] || "–";
    });
  }
}
