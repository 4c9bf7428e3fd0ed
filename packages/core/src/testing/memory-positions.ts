import { StalePositionError } from "../links/store-errors.js";

const DIGITS = 16;

/** The positions of one store in memory: strings that sort as the numbers do that they stand for. */
export class MemoryPositions<Position extends string> {
  readonly #prefix: string;

  /** @param storeId - tells its positions from those of the store that comes after a deletion */
  constructor(storeId: string) {
    this.#prefix = `${storeId}:`;
  }

  of(n: number): Position {
    return (this.#prefix + String(n).padStart(DIGITS, "0")) as Position;
  }

  /** @throws {@link StalePositionError} for a position of another store */
  numberOf(position: Position): number {
    if (typeof position !== "string" || !position.startsWith(this.#prefix)) {
      throw new StalePositionError(position);
    }
    return Number(position.slice(this.#prefix.length));
  }
}
