// Sorts, searches, and draws the map of one exercise at a time.

const heat = JSON.parse(document.getElementById("heat").textContent);
const rows = document.getElementById("rows");
const map = document.getElementById("map");
const titles = document.getElementById("titles");
const search = document.getElementById("search");
const found = document.getElementById("found");
const select = document.getElementById("exercise");

const MARKS = { p: ["✓", "passed"], f: ["✗", "failed"], t: ["⏱", "timed out"], c: ["!", "crashed"], "-": ["–", "did not run"] };

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/// What a cell is sorted by: a number where it has one.
function value(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
}

const collator = new Intl.Collator(undefined, { numeric: true });
const compare = (a, b) => (typeof a === "number" ? a - b : collator.compare(a, b));

function sort(table, heading) {
  const descending = heading.getAttribute("aria-sort") === "ascending";
  for (const other of heading.parentElement.cells) {
    if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
  }
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const column = heading.cellIndex;
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((row) => [value(row, column), row]);
  keyed.sort(([a], [b]) => (descending ? compare(b, a) : compare(a, b)));
  body.append(...keyed.map(([, row]) => row));
}

function sortable(table) {
  table.tHead.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) sort(table, button.closest("th"));
  });
}

function filter() {
  const wanted = search.value.trim().toLowerCase();
  const shown = new Set();
  for (const row of rows.tBodies[0].rows) {
    row.hidden = !row.textContent.toLowerCase().includes(wanted);
    if (!row.hidden) shown.add(row.cells[0].textContent);
  }
  for (const row of map.tBodies[0]?.rows ?? []) row.hidden = !shown.has(row.cells[0].textContent);
  found.textContent = wanted ? `${shown.size} of ${rows.tBodies[0].rows.length} learners` : "";
}

const heading = (children) =>
  element("th", { scope: "col", "aria-sort": "none" }, element("button", { type: "button" }, ...children));

function draw() {
  const index = Math.max(select.selectedIndex, 0);
  const exercise = heat.exercises[index];
  if (!exercise) return;
  const hidden = (text) => element("span", { class: "hidden" }, text);
  const checks = exercise.checks.map((check, number) =>
    heading([`${number + 1}`, hidden(` ${check.title}, ${check.engine}`)]));
  const head = element("thead", {}, element("tr", {}, heading(["Learner"]), ...checks));
  const body = element("tbody", {});
  for (const [learner, statuses] of heat.learners) {
    const row = element("tr", {}, element("th", { scope: "row" }, learner));
    for (const status of statuses[index] ?? "") {
      const [mark, word] = MARKS[status];
      const cell = element("td", { class: status, title: word, "data-value": "pt fc-".indexOf(status) }, mark);
      row.append(cell);
    }
    body.append(row);
  }
  map.replaceChildren(head, body);
  titles.replaceChildren(...exercise.checks.map((check) => element("li", {}, `${check.title} (${check.engine})`)));
  sortable(map);
  filter();
}

sortable(rows);
search.addEventListener("input", filter);
select.addEventListener("change", draw);
draw();
document.documentElement.dataset.ready = "yes";
