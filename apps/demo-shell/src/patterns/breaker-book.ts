import type { Message } from "@pubsub-mfe/core";
import type {
  CircuitEvents,
  CircuitReason,
  CircuitState,
} from "@pubsub-mfe/patterns/circuit-breaker";
import type { BreakerCalls } from "../contract.js";

/** What is known of a circuit breaker from what the bus was told of it. */
export interface BreakerEntry {
  readonly name: string;
  /** The tab that has it; `undefined`: this one. */
  readonly tabId: string | undefined;
  readonly state: CircuitState;
  /** When it came into this state, and when it opened, in milliseconds since the epoch. */
  readonly since: number;
  readonly openedAt: number | undefined;
  /** When it lets a probe in, in milliseconds since the epoch; only while it is open. */
  readonly retryAt: number | undefined;
}

/** One change of state of a breaker. */
export interface BreakerChange {
  readonly ts: number;
  readonly name: string;
  readonly tabId: string | undefined;
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly reason: CircuitReason | undefined;
}

type AnyCircuitEvent = Partial<CircuitEvents["circuit.opened"]> &
  Pick<CircuitEvents["circuit.opened"], "name" | "from">;

const STATES: Readonly<Record<string, CircuitState>> = {
  "circuit.opened": "OPEN",
  "circuit.half-open": "HALF_OPEN",
  "circuit.closed": "CLOSED",
  "circuit.isolated": "ISOLATED",
};

/** The state that a message tells of; `undefined`: it is of something else. */
export function circuitStateOf(topic: string): CircuitState | undefined {
  return STATES[topic];
}

/** Older changes go. */
const MAX_CHANGES = 8;

/** Keeps the state of each breaker, and the last changes, newest first. */
export class BreakerBook {
  readonly #breakers = new Map<string, BreakerEntry>();
  #changes: readonly BreakerChange[] = [];
  /** By name, of this tab. */
  readonly #calls = new Map<string, BreakerCalls>();

  /** Takes over what a breaker of this tab decides by. */
  addCalls(calls: BreakerCalls): void {
    this.#calls.set(calls.name, calls);
  }

  callsOf({ name, tabId }: BreakerEntry): BreakerCalls | undefined {
    return tabId === undefined ? this.#calls.get(name) : undefined;
  }

  /** @returns whether the message told of a breaker */
  add({ topic, ts, payload, meta }: Message<AnyCircuitEvent>): boolean {
    const to = circuitStateOf(topic);
    if (!to) return false;
    const { name, from, reason, retryAt } = payload;
    const tabId = meta?._crossTab ? String(meta._sourceClientId) : undefined;
    const key = `${tabId ?? ""} ${name}`;
    const openedAt = to === "OPEN" ? ts : this.#breakers.get(key)?.openedAt;
    const state = { name, tabId, state: to, since: ts };
    this.#breakers.set(key, {
      ...state,
      openedAt: to === "CLOSED" || to === "ISOLATED" ? undefined : openedAt,
      retryAt: to === "OPEN" ? retryAt : undefined,
    });
    const change = { ts, name, tabId, from, to, reason };
    this.#changes = [change, ...this.#changes].slice(0, MAX_CHANGES);
    return true;
  }

  /** Forgets the breakers of tabs that are not there any more. */
  keepTabs(ids: ReadonlySet<string>): void {
    for (const [key, { tabId }] of this.#breakers) {
      if (tabId !== undefined && !ids.has(tabId)) this.#breakers.delete(key);
    }
  }

  get breakers(): readonly BreakerEntry[] {
    return [...this.#breakers.values()];
  }

  get changes(): readonly BreakerChange[] {
    return this.#changes;
  }
}
