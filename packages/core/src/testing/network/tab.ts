import type { Clock } from "../../clock.js";
import type { ManualClock } from "../manual-clock.js";
import { type Carrier, NetworkChannel } from "./channel.js";

/**
 * A tab on a {@link TestNetwork}. What runs in it takes its channels and its clock: so it stands
 * still while the tab is frozen, and ends when it crashes.
 */
export class NetworkTab {
  readonly id: string;
  /** The network's time. Timers of a frozen tab wait; those of one that crashed never fire. */
  readonly clock: Clock;
  readonly #clock: ManualClock;
  readonly #carrier: Carrier;
  readonly #channels = new Set<NetworkChannel>();
  #state: "awake" | "frozen" | "gone" = "awake";
  /** What waits for the tab to thaw, and what came behind it. */
  readonly #inbox: (() => void)[] = [];
  #outbox: (() => void)[] = [];

  /** @internal */
  constructor(id: string, clock: ManualClock, carrier: Carrier) {
    this.id = id;
    this.#clock = clock;
    this.#carrier = carrier;
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimer: (fn, delayMs) => {
        let waits = true;
        const cancel = clock.setTimer(() => this.arrive(() => waits && fn()), delayMs);
        return () => {
          waits = false;
          cancel();
        };
      },
    };
  }

  /** @internal */
  get state(): "awake" | "frozen" | "gone" {
    return this.#state;
  }

  /** How much waits for a frozen tab: messages, and timers that were due. */
  get waiting(): number {
    return this.#inbox.length;
  }

  /** Opens an end of a channel: it hears what every other end of that name sends from now on. */
  channel(name: string): NetworkChannel {
    const channel = new NetworkChannel(name, this, this.#carrier);
    this.#channels.add(channel);
    this.#carrier.join(channel);
    return channel;
  }

  /** @internal Something for the tab to do. */
  arrive(work: () => void): void {
    if (this.#state === "gone") return;
    // Behind what waits, also when the tab has just thawed.
    if (this.#state === "frozen" || this.#inbox.length > 0) this.#inbox.push(work);
    else work();
  }

  /** @internal Something that the tab does to the outside; only an awake one can. */
  act(work: () => void): void {
    if (this.#state === "frozen") this.#outbox.push(work);
    else if (this.#state === "awake") work();
  }

  /** @internal */
  freeze(): void {
    this.#state = "frozen";
  }

  /** @internal */
  thaw(): void {
    this.#state = "awake";
    const outbox = this.#outbox;
    this.#outbox = [];
    for (const work of outbox) work();
    this.#workOff();
  }

  /** @internal */
  end(): void {
    this.#state = "gone";
    this.#inbox.length = 0;
    this.#outbox = [];
    for (const channel of this.#channels) this.#carrier.release(channel);
    this.#channels.clear();
  }

  /** Each in a task of its own, as a browser does. */
  #workOff(): void {
    if (this.#inbox.length === 0) return;
    this.#clock.setTimer(() => {
      if (this.#state !== "awake") return;
      const [work] = this.#inbox;
      try {
        work?.();
      } finally {
        // Only now: what arrives meanwhile comes behind the others.
        this.#inbox.shift();
        this.#workOff();
      }
    }, 0);
  }
}
