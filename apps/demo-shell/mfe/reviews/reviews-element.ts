import type { ReviewWritten } from "../../src/contract.js";
import { create } from "../../src/dom.js";
import type { Review, ReviewBook } from "./review-book.js";
import { WriteForm } from "./write-form.js";

const MOST_STARS = 5;

/** Shows what is thought of one product, and lets the visitor say it too. */
export class ReviewsElement extends HTMLElement {
  /** Called with what the visitor has written. */
  onWrite = (_review: ReviewWritten): void => {};
  #book: ReviewBook | undefined;
  #sku: string | undefined;
  readonly #buttons = new Map<string, HTMLButtonElement>();
  readonly #products = create("div", { className: "products" });
  readonly #average = create("output");
  readonly #list = create("ol");
  readonly #form = new WriteForm((stars, text) => {
    const product = this.#sku === undefined ? undefined : this.#book?.find(this.#sku);
    if (product) this.onWrite({ sku: product.sku, name: product.name, stars, text });
  });
  readonly #empty = create("p", {
    className: "muted",
    textContent:
      "Add a product to the cart: what is thought of it shows here, and you can review it.",
  });

  connectedCallback(): void {
    this.#products.setAttribute("role", "group");
    this.#products.setAttribute("aria-label", "Products");
    this.#list.setAttribute("aria-label", "Reviews");
    this.append(this.#empty, this.#products, this.#average, this.#list, this.#form.element);
    this.#show();
  }

  /** Shows a product, unless the visitor is writing about another one. */
  turnTo(sku: string): void {
    if (this.#sku === undefined || !this.#form.isBegun) this.#sku = sku;
  }

  draw(book: ReviewBook): void {
    this.#book = book;
    this.#sku ??= book.products[0]?.sku;
    this.#show();
  }

  #show(): void {
    const product = this.#sku === undefined ? undefined : this.#book?.find(this.#sku);
    this.#empty.hidden = product !== undefined;
    for (const part of [this.#products, this.#average, this.#list, this.#form.element]) {
      part.hidden = product === undefined;
    }
    if (!this.#book || !product) return;
    for (const { sku, name } of this.#book.products) this.#mark(sku, name);
    const { name, average, reviews } = product;
    const text =
      average === undefined
        ? `${name} has no review yet.`
        : `★ ${average.toFixed(1)} of ${MOST_STARS} for ${name}, by ${reviews.length}`;
    // A change is read out, also one to the same.
    if (this.#average.textContent !== text) this.#average.textContent = text;
    this.#list.replaceChildren(...reviews.map(createItem));
    this.#form.draw(name);
  }

  /** Lists a product, once. */
  #mark(sku: string, name: string): void {
    let button = this.#buttons.get(sku);
    if (!button) {
      button = create("button", { type: "button", textContent: name });
      button.addEventListener("click", () => {
        this.#sku = sku;
        this.#show();
      });
      this.#buttons.set(sku, button);
      this.#products.append(button);
    }
    button.setAttribute("aria-pressed", String(sku === this.#sku));
  }
}

function createItem({ id, stars, text, ts }: Review): HTMLElement {
  const rating = create("span", {
    className: "stars",
    textContent: "★".repeat(stars) + "☆".repeat(MOST_STARS - stars),
    role: "img",
    ariaLabel: `${stars} of ${MOST_STARS} stars`,
  });
  const time = create("time", {
    className: "muted",
    dateTime: new Date(ts).toISOString(),
    textContent: new Date(ts).toLocaleTimeString("en-GB"),
  });
  const item = create("li", {}, rating, create("span", { textContent: text }), time);
  item.dataset.id = id;
  return item;
}
