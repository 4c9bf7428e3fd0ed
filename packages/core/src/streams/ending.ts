import { invalidArgument } from "../arguments.js";
import { assertSignal } from "../topics/abort-groups.js";
import type { BusLike, topicsOfBus } from "../types.js";

/** What may end by itself, as a bus or a scope does. */
export interface MayEnd {
  /** Aborts when it has ended. */
  readonly signal?: AbortSignal;
}

/** A bus whose topics are not declared. */
export interface Subscribable extends MayEnd, Pick<BusLike, "subscribe"> {
  readonly [topicsOfBus]?: undefined;
}

/**
 * The end of what is done on a bus: by the caller's signal, or with the bus or scope. Not `AbortSignal.any`,
 * which in Node 20 costs a signal that lives long 2.7 kB a call, for good.
 */
export class Ending {
  readonly #signals: AbortSignal[] = [];
  readonly #onAbort: (reason: unknown) => void;

  /** @throws {@link InvalidArgumentError} for what is no bus, or no signal */
  constructor(
    bus: MayEnd,
    signals: readonly (AbortSignal | undefined)[],
    onAbort: (reason: unknown) => void,
  ) {
    if (typeof (bus as Partial<BusLike> | undefined)?.subscribe !== "function") {
      throw invalidArgument("The bus", bus, "a bus, or a scope of one");
    }
    for (const signal of [...signals, bus.signal]) {
      assertSignal(signal);
      if (signal) this.#signals.push(signal);
    }
    this.#onAbort = onAbort;
  }

  /** The signal that has aborted. */
  get aborted(): AbortSignal | undefined {
    return this.#signals.find(({ aborted }) => aborted);
  }

  listen(): void {
    for (const signal of this.#signals) signal.addEventListener("abort", this.#tell);
  }

  unlisten(): void {
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#tell);
  }

  readonly #tell = ({ target }: Event): void => this.#onAbort((target as AbortSignal).reason);
}
