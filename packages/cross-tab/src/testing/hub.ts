import type { Unsubscribe } from "@pubsub-mfe/core";
import type { Transport, TransportListener } from "../index.js";

/** A channel in memory: clones what is sent, and delivers it in a microtask to everybody else. */
export class Hub {
  /** The messages that were sent, in order. */
  readonly posts: unknown[] = [];
  /** What else was sent: what tabs ask and tell each other of how far they have come. */
  readonly talk: unknown[] = [];
  readonly #ends = new Set<HubTransport>();

  connect(): HubTransport {
    return new HubTransport(this, this.#ends);
  }

  /** Sends as somebody would who follows no rules. */
  inject(data: unknown): void {
    for (const end of this.#ends) end.receive(structuredClone(data));
  }

  /** How many transports listen. */
  get listenerCount(): number {
    return this.#ends.size;
  }
}

/** One end of a {@link Hub}. */
export class HubTransport implements Transport {
  readonly #hub: Hub;
  readonly #ends: Set<HubTransport>;
  readonly #listeners = new Set<TransportListener>();
  /** Thrown by `send`, once. */
  failure: unknown;
  available = true;
  closed = false;

  constructor(hub: Hub, ends: Set<HubTransport>) {
    this.#hub = hub;
    this.#ends = ends;
  }

  send(data: unknown): void {
    if (this.failure !== undefined) {
      const { failure } = this;
      this.failure = undefined;
      throw failure;
    }
    const sent = structuredClone(data);
    const { posts, talk } = this.#hub;
    ((sent as { kind?: unknown } | null)?.kind === "messages" ? posts : talk).push(sent);
    for (const end of this.#ends) {
      if (end !== this) queueMicrotask(() => end.receive(structuredClone(sent)));
    }
  }

  receive(data: unknown): void {
    for (const listener of this.#listeners) listener(data);
  }

  onMessage(listener: TransportListener): Unsubscribe {
    this.#listeners.add(listener);
    this.#ends.add(this);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#ends.delete(this);
    };
  }

  close(): void {
    this.closed = true;
  }

  isAvailable(): boolean {
    return this.available;
  }
}
