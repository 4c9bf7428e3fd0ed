import type { CircuitLimits } from "./options.js";

/** The calls that are let in while a circuit is half-open. */
export class Probes {
  readonly #limits: Pick<CircuitLimits, "probes" | "requiredSuccesses">;
  /** How many are under way. */
  running = 0;
  #passed = 0;
  #failed = 0;

  constructor(limits: Pick<CircuitLimits, "probes" | "requiredSuccesses">) {
    this.#limits = limits;
  }

  /** @returns whether there was a place left */
  start(): boolean {
    const isLetIn = this.running + this.#passed + this.#failed < this.#limits.probes;
    if (isLetIn) this.running += 1;
    return isLetIn;
  }

  /** @returns whether the supplier is up again; nothing while that is open */
  end(isFailed: boolean): boolean | undefined {
    const { probes, requiredSuccesses } = this.#limits;
    this.running -= 1;
    if (isFailed) this.#failed += 1;
    else this.#passed += 1;
    if (this.#failed > probes - requiredSuccesses) return false;
    return this.#passed >= requiredSuccesses || undefined;
  }
}
