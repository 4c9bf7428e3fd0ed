import { StalePositionError } from "./store-errors.js";

const DIGITS = 16;

/** The positions of one store: strings that sort as the numbers do that they stand for. */
export class Positions<Position extends string> {
  readonly storeId: string;

  /** @param storeId - tells its positions from those of the store that comes after a deletion */
  constructor(storeId: string) {
    this.storeId = storeId;
  }

  /** Gives the position of a number, a whole one of 0 or more. */
  of(n: number): Position {
    return `${this.storeId}:${String(n).padStart(DIGITS, "0")}` as Position;
  }

  /** @throws {@link StalePositionError} for a position of another store, and for what is none */
  numberOf(position: Position): number {
    const prefix = `${this.storeId}:`;
    if (typeof position === "string" && position.startsWith(prefix)) {
      const n = Number(position.slice(prefix.length));
      // Only as it was given out: a number can be written in many ways.
      if (Number.isSafeInteger(n) && position === this.of(n)) return n;
    }
    throw new StalePositionError(position);
  }
}
