
const BACK = ["ArrowLeft", "h", "k"];
const FORWARD = ["ArrowRight", "l", "j"];

/** Shows one interleaving, step by step. Position 0 is before the first step. */
class Explorer {
  constructor(details) {
    this.data = embedded(details.dataset.execution);
    this.states = statesOf(this.data);
    this.last = this.data.steps.length;
    this.position = 0;
    this.source = new SourceView(embedded(details.dataset.sources), this.data);
    this.state = new StateView(this.data);
    this.timeline = new Timeline(this.data, this.states, (position) => this.go(position));
    this.said = element("p", "said");
    this.said.setAttribute("aria-live", "polite");
    const panes = element("div", "panes", this.source.body, this.timeline.body);
    const top = element("div", "top", this.controls(), this.said);
    details.append(element("div", "parts", top, this.state.body, panes));
    this.details = details;
    this.go(0);
  }

  controls() {
    this.buttons = {
      first: this.button("« First", () => this.go(0)),
      back: this.button("‹ Back", () => this.go(this.position - 1)),
      next: this.button("Next ›", () => this.go(this.position + 1)),
      last: this.button("Last »", () => this.go(this.last)),
    };
    this.number = this.input("number", () => this.jump(Number(this.number.value)));
    this.slider = this.input("range", () => this.go(Number(this.slider.value)));
    this.slider.max = this.last;
    this.number.max = this.last === 0 ? 0 : this.data.steps[this.last - 1].step;
    this.slider.setAttribute("aria-label", "Position in the interleaving");
    const label = element("label", "", "Step ", this.number, ` of ${this.number.max}`);
    const keys = element("p", "keys", "Keys: ← → or h l or k j, Home, End");
    return element("div", "controls", ...Object.values(this.buttons), label, this.slider, keys);
  }

  button(text, act) {
    const button = element("button", "", text);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  input(type, act) {
    const input = element("input", "");
    input.type = type;
    input.min = 0;
    input.addEventListener("input", act);
    return input;
  }

  /** To the step with a number, or the next one where it is left out. */
  jump(number) {
    const found = this.data.steps.findIndex((step) => step.step >= number);
    this.go(number <= 0 ? 0 : found < 0 ? this.last : found + 1, true);
  }

  go(wanted, isTyped) {
    this.position = Math.max(0, Math.min(this.last, wanted));
    const step = this.data.steps[this.position - 1];
    const state = this.states[this.position];
    const actor = step ? step.thread : -1;
    this.source.show(state, this.position);
    this.state.show(state, actor, this.position === 0);
    this.timeline.show(this.position);
    this.said.replaceChildren(...this.words(step));
    this.slider.value = this.position;
    // A number is not replaced under the fingers of whoever types it.
    if (!isTyped) this.number.value = step ? step.step : 0;
    this.enable();
    this.details.dataset.position = this.position;
  }

  enable() {
    const off = (button, isOff) => button.setAttribute("aria-disabled", String(isOff));
    off(this.buttons.first, this.position === 0);
    off(this.buttons.back, this.position === 0);
    off(this.buttons.next, this.position === this.last);
    off(this.buttons.last, this.position === this.last);
  }

  words(step) {
    if (!step) return ["Before the first step. ", `${this.data.threads[0]} runs the check.`];
    const words = [element("strong", "", `Step ${step.step}, ${placeName(step.file, step.line)}: `), step.said];
    if (step.cited) words.push(" ", element("span", "rests", `The diagnosis rests on this step: ${step.cited}.`));
    const { left_out: leftOut } = this.data;
    if (leftOut && step.step === leftOut[0] - 1) {
      words.push(` Steps ${leftOut[0]} to ${leftOut[1]} are left out here.`);
    }
    if (this.position === this.last) {
      words.push(" ", element("span", this.data.passes ? "done" : "end", this.data.end));
    }
    return words;
  }

  /** Whether the key was one for stepping. */
  press(key) {
    if (BACK.includes(key)) this.go(this.position - 1);
    else if (FORWARD.includes(key)) this.go(this.position + 1);
    else if (key === "Home") this.go(0);
    else if (key === "End") this.go(this.last);
    else return false;
    return true;
  }
}

const explorers = new Map();
/** The one that was opened or used last. */
let recent;

/** An execution is built only when it is looked at. */
function open(details) {
  if (!explorers.has(details)) explorers.set(details, new Explorer(details));
  // It may be within a list that is folded.
  const folded = details.closest("details.others");
  if (folded && !folded.open) {
    folded.open = true;
    // Nothing in a folded list could have the focus before.
    details.querySelector("summary").focus({ preventScroll: true });
  }
  recent = details;
}

// The arrows work at once: in the explorer that has the focus, otherwise in the last one. What is typed into a field is
// the field's.
function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input")) return;
  const focused = event.target.closest("details.explorer");
  const isArrow = event.key === "ArrowLeft" || event.key === "ArrowRight";
  // Elsewhere, letters, Home and End belong to the page, and to whoever speaks to it.
  const details = focused ?? (isArrow ? recent : null);
  const explorer = details && details.open && explorers.get(details);
  if (!explorer) return;
  recent = details;
  if (explorer.press(event.key)) event.preventDefault();
}

document.addEventListener("keydown", onKey);
for (const details of document.querySelectorAll("details.explorer")) {
  details.addEventListener("toggle", () => details.open && open(details));
  if (details.open) open(details);
}
// The first one is open, and is stepped through first.
recent = document.querySelector("details.explorer[open]") ?? undefined;
