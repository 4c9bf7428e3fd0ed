/** What the supplier told, and when. */
export interface Told {
  readonly left: number;
  /** In milliseconds since the epoch. */
  readonly asOf: number;
}

const KEY = "inventory.told";

/** What the supplier told last of each product; it outlives the page. */
export class Remembered {
  readonly #told: Record<string, Told> = read();

  get(sku: string): Told | undefined {
    return this.#told[sku];
  }

  set(sku: string, told: Told): void {
    this.#told[sku] = told;
    localStorage.setItem(KEY, JSON.stringify(this.#told));
  }
}

function read(): Record<string, Told> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    // What is not readable is as good as forgotten.
    return {};
  }
}
