import type { Clock } from "../clock.js";
import type { Protocol } from "../page/port.js";
import type { ValidationIssue } from "../policy/standard-schema.js";
import type { BusStats, Message } from "../types.js";
import type { DiagnosticEvent } from "./events.js";

/**
 * What is agreed on between a bus and those who watch it, also of another version of this package. A
 * higher minor adds to it; who watches leaves out what it does not know. The bus gives what it has at
 * hand, and whoever watches makes sense of it: so that a bus nobody watches carries little for it.
 */
export const INSPECT_PROTOCOL: Protocol = { major: 1, minor: 0 };

/** Where a bus keeps its {@link Inspectable}, whatever copy of this package made it. */
export const INSPECT: unique symbol = Symbol.for("@pubsub-mfe/inspect") as typeof INSPECT;

/** Where a page, or worker, lists those that were made with `enableDevTools`. */
export const DEV_TOOLS: unique symbol = Symbol.for("@pubsub-mfe/devtools") as typeof DEV_TOOLS;

/** A bus, for those who look at it from outside. */
export interface Inspectable {
  readonly protocol: Protocol;
  /** The version of the package that made the bus. */
  readonly version: string;
  /** The name under which it has joined its page; `undefined` when it has not. */
  readonly name: string | undefined;
  readonly clock: Clock;
  /** Are called with each step, in the midst of it: one that throws is removed. */
  readonly watchers: Set<(step: Step) => void>;
  getStats(): BusStats;
  /** The routes that have a subscription. */
  routes(): Iterable<InspectedRoute>;
  /** What checks the payloads of a topic; nothing where none is checked. */
  findSchema(
    topic: string,
    schemaVersion: string | undefined,
  ): ((payload: unknown) => readonly ValidationIssue[]) | undefined;
  /** What the bus has retained, oldest first. */
  retained(): readonly Message[];
  /** The links of the page, those that wait included: the first of a domain is used. */
  readonly candidates: readonly InspectedLink[];
  /** The other copies of its page. */
  neighbours(): readonly Inspectable[];
}

/** The subscriptions of one pattern. */
interface InspectedRoute {
  readonly pattern: string;
  /** May hold some that have ended. */
  readonly subscriptions: readonly InspectedSubscription[];
}

/** One handler's subscription. */
export interface InspectedSubscription {
  /** Unique in its copy; later ones have a higher number. */
  readonly sequence: number;
  readonly route: { readonly pattern: string };
  readonly handler: { readonly name: string };
  readonly active: boolean;
  readonly internal: boolean;
  /** Its `sourceFilter`. */
  readonly filter: ((message: Message) => boolean) | undefined;
}

/** A link of the page. */
export interface InspectedLink {
  readonly domain: string;
  /** Whether its topic rules let messages of a topic out. */
  sends(topic: string): boolean;
}

/** What a bus does, told while it is watched. */
export type Step =
  | {
      /** By this copy or one of its links, or from another copy of the page or the hooks. */
      readonly type: "published" | "received";
      readonly message: Message;
      readonly from: string;
      readonly leaves: boolean;
      readonly matches: number;
    }
  | {
      readonly type: "calling" | "skipped";
      readonly message: Message;
      readonly subscription: InspectedSubscription;
    }
  | {
      readonly type: "called";
      readonly message: Message;
      readonly subscription: InspectedSubscription;
      readonly failed: boolean;
      /** The promise that the handler returned. */
      readonly promise: Promise<unknown> | undefined;
    }
  | { readonly type: "diagnostic"; readonly event: DiagnosticEvent };
