import { create } from "../dom.js";
import { setViewParameters, viewParameters } from "../room/views.js";
import { ALL, BUSINESS, parseFilter, type TopicFilter } from "./topic-filter.js";

const VIEW = "timeline";

/** Where a visitor says which topics are shown; the address of the view says it as well. */
export class FilterBox {
  readonly element = create("div", { className: "filter" });
  readonly #input = create("input", { type: "text", className: "mono", spellcheck: false });
  readonly #problem = create("output", { className: "bad", id: "filter-problem" });
  readonly #chips: readonly (readonly [text: string, chip: HTMLButtonElement])[];
  #onChange: (filter: TopicFilter) => void = () => {};
  #filter: TopicFilter = parseFilter(BUSINESS);

  constructor(onChange: (filter: TopicFilter) => void) {
    this.#input.autocomplete = "off";
    this.#input.dataset.key = "/";
    this.#input.dataset.keyName = "Filter of the timeline";
    this.#input.setAttribute("aria-describedby", this.#problem.id);
    this.#chips = [
      [ALL, this.#chip("All", ALL)],
      [BUSINESS, this.#chip("Business", BUSINESS)],
    ];
    this.element.append(
      create("label", {}, "Filter", this.#input),
      ...this.#chips.map(([, chip]) => chip),
      this.#problem,
    );
    this.#input.addEventListener("input", () => this.#apply(this.#input.value));
    this.#readAddress();
    // From here on: who made it hears of changes, and looks up what there is at first.
    this.#onChange = onChange;
    addEventListener("hashchange", () => this.#readAddress());
  }

  get filter(): TopicFilter {
    return this.#filter;
  }

  focus(): void {
    this.#input.focus();
  }

  /** @param text - as it is typed; one that is not valid is said, and the last valid one stays */
  set(text: string): void {
    this.#input.value = text;
    this.#apply(text);
  }

  #apply(text: string): void {
    let problem = "";
    try {
      this.#filter = parseFilter(text);
    } catch (error) {
      problem = `${error instanceof Error ? error.message : error} The last valid filter stays: ${this.#filter.text}`;
    }
    this.#problem.textContent = problem;
    this.#input.ariaInvalid = String(problem !== "");
    if (problem === "") {
      this.#writeAddress();
      this.#onChange(this.#filter);
    }
    this.#drawChips();
  }

  #readAddress(): void {
    const text = viewParameters(VIEW).get("filter");
    // The link of the view names no filter: what is shown stays.
    if (text === null) {
      if (this.#input.value === "") this.#input.value = this.#filter.text;
      this.#writeAddress();
    } else if (text !== this.#filter.text) this.set(text);
    this.#drawChips();
  }

  #writeAddress(): void {
    const { text } = this.#filter;
    const isUsual = text === BUSINESS;
    if (isUsual && !viewParameters(VIEW).has("filter")) return;
    setViewParameters(VIEW, new URLSearchParams(isUsual ? {} : { filter: text }));
  }

  #drawChips(): void {
    for (const [text, chip] of this.#chips) chip.ariaPressed = String(this.#filter.text === text);
  }

  #chip(name: string, text: string): HTMLButtonElement {
    const chip = create("button", { type: "button", className: "choice", textContent: name });
    chip.title = text;
    chip.addEventListener("click", () => this.set(text));
    return chip;
  }
}
