import type { Clock, EventStreams } from "@pubsub-mfe/core";
import type { Locks } from "@pubsub-mfe/core/locks";
import type { PatternBus } from "../../shared/pattern-bus.js";
import type { PatternWarning } from "../../shared/warning.js";

/** Options of {@link createSagaManager}. */
export interface SagaManagerOptions {
  /** Where the journals are: those of `@pubsub-mfe/history`, or others. All tabs need the same. */
  readonly streams: EventStreams;
  /** Is told what happens, by the tab that runs a saga. */
  readonly bus?: Pick<PatternBus, "publish"> | undefined;
  /**
   * Of several tabs one runs the sagas of a name.
   *
   * @defaultValue `createLocks()` of `@pubsub-mfe/core/locks`
   */
  readonly locks?: Locks | undefined;
  /**
   * Takes the sagas over from a tab that gave no sign of life for so long, in milliseconds: one that is
   * frozen, or stuck. See `HoldOptions` of the locks.
   *
   * @defaultValue `5_000`
   */
  readonly stealAfter?: number | undefined;
  /**
   * The source of time.
   *
   * @defaultValue that of the bus; the platform's without one
   */
  readonly clock?: Clock | undefined;
  /**
   * The source of chance, for `jitter`: from 0 up to, not including, 1.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: (() => number) | undefined;
  /** Is told what nobody gets as an error. */
  readonly onDiagnostic?: ((warning: PatternWarning) => void) | undefined;
}
