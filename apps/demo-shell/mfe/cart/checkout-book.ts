import type { EventStreams } from "@pubsub-mfe/core";
import type { SagaManager } from "@pubsub-mfe/patterns/saga";
import { CHECKOUT } from "../../src/checkout-steps.js";
import type { CheckoutState } from "./checkout-state.js";

const RETRY_MS = 1_000;

/** All checkouts of all tabs, as their journals tell them. */
export class CheckoutBook {
  readonly #sagas: SagaManager;
  readonly #signal: AbortSignal;
  readonly #onChange: () => void;
  #states: readonly CheckoutState[] | undefined;
  #isReading = false;
  #isStale = false;

  /** @param onChange - called after each change, in whichever tab it was made */
  constructor(
    sagas: SagaManager,
    streams: EventStreams,
    signal: AbortSignal,
    onChange: () => void,
  ) {
    this.#sagas = sagas;
    this.#signal = signal;
    this.#onChange = onChange;
    const unlisten = streams.onAppend(() => void this.#read());
    signal.addEventListener("abort", unlisten);
    void this.#read();
  }

  /** The newest first; `undefined` until they are read. */
  get states(): readonly CheckoutState[] | undefined {
    return this.#states;
  }

  /** What is written while it reads, it reads after that. */
  async #read(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isStale && !this.#signal.aborted) {
        this.#isStale = false;
        const states = await this.#sagas.list({ name: CHECKOUT });
        if (this.#signal.aborted) return;
        this.#states = states.sort((a, b) => b.startedAt - a.startedAt);
        this.#onChange();
      }
    } catch {
      // Such as on a full disk: what is known stays, and is looked at again until it can be read.
      const again = setTimeout(() => void this.#read(), RETRY_MS);
      this.#signal.addEventListener("abort", () => clearTimeout(again), { once: true });
    } finally {
      this.#isReading = false;
    }
  }
}
