import { InvalidArgumentError } from "../errors.js";
import type { Protocol } from "../page/port.js";
import { show } from "../show.js";
import type { Unsubscribe } from "../types.js";
import { type BusDescription, describeBus } from "./describe-bus.js";
import { type InspectEvent, toEvents } from "./inspect-events.js";
import { DEV_TOOLS, INSPECT, INSPECT_PROTOCOL, type Inspectable } from "./inspect-protocol.js";

/** Watches one bus from outside; see {@link inspect}. */
export interface BusInspector {
  /** What the bus and those who watch it have agreed on. */
  readonly protocol: Protocol;
  /** Tells what the bus is and who is subscribed, as of now. */
  describe(): BusDescription;
  /**
   * Calls the listener with each event of the bus, at once. While there is a listener the bus
   * measures each handler; without one it does nothing. One that throws is called no more.
   *
   * @returns stops it
   */
  watch(
    listener: (event: InspectEvent) => void,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Unsubscribe;
  /** The other copies that share the page of this bus. */
  neighbours(): BusInspector[];
}

/**
 * Looks at a bus from outside: it need not know, and may be of another copy or version of this
 * package.
 *
 * @param bus - a bus, or a scope of one
 * @throws {@link InvalidArgumentError} for what is no bus, or one whose protocol has another major
 *
 * @example
 * ```ts
 * const stop = inspect(bus).watch((event) => {
 *   if (event.type === "delivered") console.log(event.pattern, event.durationMs);
 * });
 * ```
 */
export function inspect(bus: object): BusInspector {
  return new Inspector(toInspectable(bus));
}

/** Finds the buses of this page, or worker, that were made with `enableDevTools`. */
export function inspectableBuses(): BusInspector[] {
  const list = (globalThis as { [DEV_TOOLS]?: Set<Inspectable> })[DEV_TOOLS] ?? [];
  return Array.from(list)
    .filter(isUnderstood)
    .map((inspectable) => new Inspector(inspectable));
}

/** @throws {@link InvalidArgumentError} for what cannot be inspected */
export function toInspectable(bus: object): Inspectable {
  const inspectable = (bus as { [INSPECT]?: Inspectable } | null | undefined)?.[INSPECT];
  if (!inspectable) {
    throw new InvalidArgumentError(
      `${show(bus)} cannot be inspected: pass a bus of @pubsub-mfe/core, or a scope of one.`,
    );
  }
  if (!isUnderstood(inspectable)) {
    const { major, minor } = inspectable.protocol;
    throw new InvalidArgumentError(
      `The bus speaks inspection protocol ${major}.${minor}, and this is ${INSPECT_PROTOCOL.major}.${INSPECT_PROTOCOL.minor}. Inspect it with a @pubsub-mfe/core/inspect of the same major.`,
    );
  }
  return inspectable;
}

function isUnderstood(inspectable: Partial<Inspectable> | null | undefined): boolean {
  return inspectable?.protocol?.major === INSPECT_PROTOCOL.major;
}

class Inspector implements BusInspector {
  readonly #inspectable: Inspectable;

  constructor(inspectable: Inspectable) {
    this.#inspectable = inspectable;
  }

  get protocol(): Protocol {
    return this.#inspectable.protocol;
  }

  describe(): BusDescription {
    return describeBus(this.#inspectable);
  }

  watch(
    listener: (event: InspectEvent) => void,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Unsubscribe {
    const { watchers } = this.#inspectable;
    const watcher = toEvents(this.#inspectable, listener);
    const stop = (): void => {
      watchers.delete(watcher);
      signal?.removeEventListener("abort", stop);
    };
    if (signal?.aborted) return stop;
    signal?.addEventListener("abort", stop);
    watchers.add(watcher);
    return stop;
  }

  neighbours(): BusInspector[] {
    return this.#inspectable
      .neighbours()
      .filter(isUnderstood)
      .map((each) => new Inspector(each));
  }
}
