import { create } from "../../src/dom.js";

const MAX_LENGTH = 200;
const RATINGS = ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"];

/** Where the visitor writes a review. */
export class WriteForm {
  readonly element: HTMLFormElement;
  readonly #text = create("input", { type: "text", required: true, maxLength: MAX_LENGTH });
  readonly #label = create("span");

  /** @param onWrite - called with what was written */
  constructor(onWrite: (stars: number, text: string) => void) {
    const stars = create("select");
    for (const [index, name] of RATINGS.entries()) {
      stars.prepend(create("option", { value: String(index + 1), textContent: name }));
    }
    stars.selectedIndex = 0;
    stars.setAttribute("aria-label", "Stars");
    this.element = create(
      "form",
      {},
      create("label", {}, this.#label, this.#text),
      stars,
      create("button", { type: "submit", textContent: "Publish the review" }),
    );
    // The page allows no form to be sent anywhere: this one is not.
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (text === "") return;
      onWrite(Number(stars.value), text);
      this.#text.value = "";
    });
  }

  /** Whether something is written that is not published. */
  get isBegun(): boolean {
    return this.#text.value !== "";
  }

  draw(product: string): void {
    this.#label.textContent = `Your review of ${product}`;
  }
}
