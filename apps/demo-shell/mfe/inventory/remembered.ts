import { settings } from "../../src/settings.js";
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
    settings.set(KEY, JSON.stringify(this.#told));
  }
}

function read(): Record<string, Told> {
  try {
    const told: Record<string, Told> | null = JSON.parse(settings.get(KEY) ?? "{}");
    const entries = Object.entries(told ?? {}).filter(([, each]) => isTold(each));
    return Object.fromEntries(entries);
  } catch {
    // What is not readable is as good as forgotten.
    return {};
  }
}

/** Anybody may have written it. */
function isTold(told: Partial<Told> | null): boolean {
  return Number.isSafeInteger(told?.left) && Number.isSafeInteger(told?.asOf);
}
