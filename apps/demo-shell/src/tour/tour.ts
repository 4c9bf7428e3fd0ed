import { create } from "../dom.js";
import { settings } from "../settings.js";
import { TOUR_STEPS, type TourStep, type Watched } from "./tour-steps.js";

/** How far the visitor is; `"over"` when it was skipped or ended. */
const KEY = "tour";
const OVER = "over";

/** Leads a newcomer through the page, step by step; can be left at any time, and begun again. */
export class Tour {
  readonly #watched: Watched;
  readonly #box = create("aside", { className: "tour", hidden: true });
  readonly #count = create("span", { className: "muted" });
  readonly #title = create("h2");
  readonly #text = create("p");
  readonly #done = create("output");
  readonly #back = create("button", { type: "button", textContent: "Back" });
  readonly #next = create("button", { type: "button", className: "primary" });
  readonly #skip = create("button", { type: "button", textContent: "Skip the tour" });
  #index = 0;
  #life: AbortController | undefined;

  constructor(start: HTMLElement, watched: Watched) {
    this.#watched = watched;
    this.#box.setAttribute("aria-label", "Tour");
    this.#box.append(
      create("div", { className: "tour-head" }, this.#title, this.#count),
      this.#text,
      this.#done,
      create("div", { className: "actions" }, this.#next, this.#back, this.#skip),
    );
    // Before what it is about, so that it is not far by the Tab key.
    document.querySelector("main")?.before(this.#box);
    this.#box.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.#end();
    });
    this.#next.addEventListener("click", () => this.#show(this.#index + 1));
    this.#back.addEventListener("click", () => this.#show(this.#index - 1));
    this.#skip.addEventListener("click", () => this.#end());
    start.addEventListener("click", () => {
      this.#show(0);
      this.#next.focus();
    });
    const saved = settings.get(KEY);
    if (saved !== OVER) this.#show(Number(saved ?? 0) || 0);
  }

  #show(index: number): void {
    const step = TOUR_STEPS[index];
    if (!step) {
      this.#end();
      return;
    }
    this.#leave();
    this.#index = index;
    settings.set(KEY, String(index));
    const life = new AbortController();
    this.#life = life;
    const hadFocus = this.#box.contains(document.activeElement);
    this.#goTo(step);
    // To go to another view takes it away.
    if (hadFocus) requestAnimationFrame(() => this.#next.focus({ preventScroll: true }));
    this.#title.textContent = step.title;
    this.#text.textContent = step.text;
    this.#count.textContent = `${index + 1} of ${TOUR_STEPS.length}`;
    this.#done.textContent = "";
    this.#back.hidden = index === 0;
    const isLast = index === TOUR_STEPS.length - 1;
    this.#next.textContent = isLast ? "End the tour" : "Next";
    this.#skip.hidden = isLast;
    this.#box.hidden = false;
    aboutOf(step)?.classList.add("toured");
    // After the page has gone where the address says.
    requestAnimationFrame(() => aboutOf(step)?.scrollIntoView({ block: "center" }));
    step.watch?.(this.#watched, () => this.#praise(), life.signal);
  }

  /** Where there is room for one of the two, what is to be pressed comes first. */
  #goTo(step: TourStep): void {
    const isNarrow = matchMedia("(width < 800px)").matches;
    if (isNarrow && aboutOf(step)?.closest("#store")) location.hash = "#store";
    else if (step.view) location.hash = step.view;
  }

  /** Not on to the next by itself: there is something to look at now. */
  #praise(): void {
    if (this.#done.textContent === "") this.#done.textContent = "✓ Done. Look around, then go on.";
  }

  #end(): void {
    this.#leave();
    this.#box.hidden = true;
    settings.set(KEY, OVER);
  }

  #leave(): void {
    this.#life?.abort();
    document.querySelector(".toured")?.classList.remove("toured");
  }
}

function aboutOf({ about }: TourStep): Element | null {
  return about === undefined ? null : document.querySelector(about);
}
