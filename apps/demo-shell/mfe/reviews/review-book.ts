import type { Message } from "@pubsub-mfe/core";
import type { ItemAdded, ReviewWritten } from "../../src/contract.js";

/** What somebody thinks of a product. */
export interface Review extends Pick<ReviewWritten, "stars" | "text"> {
  readonly id: string;
  /** In milliseconds since the epoch. */
  readonly ts: number;
}

/** A product, as far as it was heard of. */
export interface ReviewedProduct {
  readonly sku: string;
  readonly name: string;
  /** Newest first. */
  readonly reviews: readonly Review[];
  /** Of the stars; `undefined` without a review. */
  readonly average: number | undefined;
}

const STARS: readonly unknown[] = [1, 2, 3, 4, 5];

/** All reviews, by product. */
export class ReviewBook {
  readonly #names = new Map<string, string>();
  readonly #reviews = new Map<string, Review[]>();

  /** In the order in which they were heard of. */
  get products(): readonly ReviewedProduct[] {
    return [...this.#names.keys()].map((sku) => this.find(sku));
  }

  /** @returns whether it is a product: anybody on the page may publish anything */
  learn(product: Partial<Pick<ItemAdded, "sku" | "name">> | null): boolean {
    const { sku, name } = product ?? {};
    if (typeof sku !== "string" || typeof name !== "string") return false;
    this.#names.set(sku, name);
    return true;
  }

  add({ id, ts, payload }: Message<ReviewWritten>): void {
    if (!this.learn(payload)) return;
    const { sku, stars, text } = payload;
    if (!STARS.includes(stars) || typeof text !== "string") return;
    this.#reviews.set(sku, [{ id, ts, stars, text }, ...(this.#reviews.get(sku) ?? [])]);
  }

  find(sku: string): ReviewedProduct {
    const reviews = this.#reviews.get(sku) ?? [];
    const sum = reviews.reduce((stars, review) => stars + review.stars, 0);
    const average = reviews.length > 0 ? sum / reviews.length : undefined;
    return { sku, name: this.#names.get(sku) ?? sku, reviews, average };
  }
}
