import { InvalidArgumentError } from "../../errors.js";
import { show } from "../../show.js";

/** Which tabs reach each other. */
export class Partition {
  readonly #groups = new Map<string, number>();

  /** @throws {@link InvalidArgumentError} for a tab that is in two groups */
  constructor(groups: readonly (readonly string[])[]) {
    for (const [number, ids] of groups.entries()) {
      for (const id of ids) {
        if (this.#groups.has(id)) {
          throw new InvalidArgumentError(`The tab ${show(id)} is in two groups of the partition.`);
        }
        this.#groups.set(id, number);
      }
    }
  }

  connects(a: string, b: string): boolean {
    return this.#groups.get(a) === this.#groups.get(b);
  }
}
