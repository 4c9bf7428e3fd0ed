import type { EventStreams } from "@pubsub-mfe/core";
import type { Locks } from "@pubsub-mfe/core/locks";
import type { Deadlines } from "../../shared/deadlines.js";
import type { PatternBus } from "../../shared/pattern-bus.js";
import type { Catalog } from "./catalog.js";

/** What the parts of a manager share. */
export interface Host {
  readonly streams: EventStreams;
  readonly locks: Locks;
  /** Rejects where no lock can be had, so that nobody could run anything. */
  readonly lockable: () => Promise<void>;
  readonly bus: Pick<PatternBus, "publish"> | undefined;
  readonly catalog: Catalog;
  readonly deadlines: Deadlines;
  readonly now: () => number;
  readonly random: () => number;
  readonly stealAfter: number | undefined;
  /** Aborts when the manager is disposed. */
  readonly disposed: AbortSignal;
  /** Tells what nobody gets as an error. @param cause - the failure that it tells of */
  warn(code: string, message: string, details: object, cause?: unknown): void;
}
