import { type Fence, isBusError } from "@pubsub-mfe/core";
import { isLockError, type LockContext } from "@pubsub-mfe/core/locks";
import { announce } from "../announce.js";
import { pause } from "../attempt.js";
import { type Course, run } from "../course.js";
import { describe } from "../describe.js";
import { FORMAT } from "../entries.js";
import { SagaCancelledError } from "../errors.js";
import { hasEnded, type RunningState } from "../state.js";
import { copy } from "./copy.js";
import type { SagaDefinition } from "./define-saga.js";
import type { Host } from "./host.js";
import { load, lockOf, record, streamOf } from "./journal.js";

/** How long to wait after a failure of the store or the locks, in milliseconds, at first and at most. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Runs the sagas of one name and version, while it has their lock. What its steps did is in the journal
 * before anything follows from it, so that whoever has the lock next can go on.
 */
export class Runner {
  readonly definition: SagaDefinition;
  readonly #host: Host;
  readonly #stop = new AbortController();
  /** Looks for work; of the turn that is on. */
  #look: (() => void) | undefined;
  readonly #warned = new Set<string>();
  #waitMs = FIRST_WAIT_MS;
  /** Why it was not run the last time. */
  #told: string | undefined;

  constructor(definition: SagaDefinition, host: Host) {
    this.definition = definition;
    this.#host = host;
    void this.#takeTurns(AbortSignal.any([this.#stop.signal, host.disposed]));
  }

  /** Something may have been written. */
  wake(): void {
    this.#look?.();
  }

  /** Lets go of the lock; steps under way are given up. */
  stop(reason: unknown): void {
    this.#stop.abort(reason);
  }

  async #takeTurns(stopped: AbortSignal): Promise<void> {
    const { locks, deadlines, stealAfter } = this.#host;
    const lock = lockOf(this.definition);
    while (!stopped.aborted) {
      try {
        await locks.hold(lock, (context) => this.#turn(lock, context), {
          signal: stopped,
          stealAfter,
        });
      } catch (error) {
        if (stopped.aborted) return;
        // A tab that was asleep took a number before it knew that its turn was over: the next is higher.
        const isPassing = isBusError(error, "FENCED") && this.#waitMs <= 2 * FIRST_WAIT_MS;
        if (!isPassing) this.#tell(error);
      }
      await pause(deadlines, this.#waitMs, [stopped]);
      this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS);
    }
  }

  #tell(error: unknown): void {
    const { name, version } = this.definition;
    const message = isLockError(error, "LOCKS_UNAVAILABLE")
      ? `The sagas "${name}" are not run here: ${error.message}`
      : `The sagas "${name}" cannot be run at the moment: ${describe(error).message}`;
    if (message !== this.#told) this.#host.warn("SAGA_NOT_RUN", message, { name, version }, error);
    this.#told = message;
  }

  /** Runs what is open, and what is started meanwhile, until the turn is over. */
  async #turn(lock: string, { epoch, signal }: LockContext): Promise<void> {
    const { streams, catalog } = this.#host;
    const over = new AbortController();
    const isOver = AbortSignal.any([signal, over.signal]);
    const turn: Turn = {
      fence: { name: lock, epoch },
      isOver,
      end: (reason) => over.abort(reason),
      courses: new Map(),
    };
    // From here on nobody with an older turn can write: what is read next stays as it is.
    await streams.append(lock, [], { fence: turn.fence });
    let wake = (): void => {};
    let isAsked = true;
    this.#look = () => {
      isAsked = true;
      wake();
    };
    isOver.addEventListener("abort", () => wake());
    try {
      while (!isOver.aborted) {
        if (!isAsked) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        isAsked = false;
        for (const state of await catalog.open(this.definition.name)) this.#see(state, turn);
        this.#waitMs = FIRST_WAIT_MS;
        this.#told = undefined;
      }
      if (!signal.aborted) throw over.signal.reason;
    } finally {
      this.#look = undefined;
      // What is under way gives up. It need not be waited for: it can write nothing in a later turn.
      over.abort(isOver.reason);
    }
  }

  /** Begins to run a saga, or tells one that it is cancelled. */
  #see(state: RunningState, turn: Turn): void {
    if (state.version !== this.definition.version || turn.isOver.aborted) return;
    const stream = streamOf(state.name, state.id);
    const cancelKnown = turn.courses.get(stream);
    if (cancelKnown) {
      if (state.isCancelled) cancelKnown();
      return;
    }
    if (!this.#canRun(state)) return;
    const cancelled = new AbortController();
    const cancel = (): void => cancelled.abort(new SagaCancelledError(state.name, state.id));
    turn.courses.set(stream, cancel);
    void this.#run(stream, turn, cancelled.signal, cancel);
  }

  /** Steps that are not those it began with would be taken for one another. */
  #canRun({ name, id, version, format, steps }: RunningState): boolean {
    const own = this.definition.steps;
    const isSame =
      steps.length === own.length && steps.every((step, n) => step.name === own[n]?.name);
    if (isSame && format <= FORMAT) return true;
    if (!this.#warned.has(id)) {
      this.#warned.add(id);
      this.#host.warn(
        "SAGA_STEPS_CHANGED",
        format > FORMAT
          ? `The saga "${name}" with the id "${id}" waits: its journal has the format ${format}, and this copy of @pubsub-mfe/patterns reads ${FORMAT}. Load a newer one.`
          : `The saga "${name}" with the id "${id}" waits: version ${version} had other steps when it was started. Register it with those, and give the steps of now a version of their own.`,
        { name, id, version },
      );
    }
    return false;
  }

  async #run(
    stream: string,
    turn: Turn,
    cancelled: AbortSignal,
    cancel: () => void,
  ): Promise<void> {
    const { streams, catalog, deadlines, random, bus, now, warn } = this.#host;
    const { steps } = this.definition;
    const { isOver, fence } = turn;
    try {
      const state = await load(streams, stream);
      // Somebody deleted the journal.
      if (!state) await catalog.forget(stream);
      if (!state || hasEnded(state)) return;
      if (state.isCancelled) cancel();
      const course: Course = {
        steps,
        state,
        deadlines,
        random,
        cancelled,
        stopped: isOver,
        async record(entry) {
          isOver.throwIfAborted();
          const isRecorded = await record(streams, state, entry, fence, now);
          if (state.isCancelled) cancel();
          if (isRecorded) announce(bus, state, entry);
          return isRecorded;
        },
        describe,
        // Cloned also for the steps here, so that they get what they would get in another tab.
        keep: (result, { name }) => copy(result, `What the step "${name}" returned`, state.name),
      };
      await run(course);
      if (state.status === "stuck") {
        const { name, id } = state;
        warn(
          "SAGA_STUCK",
          `The saga "${name}" with the id "${id}" is stuck: ${state.failure?.message}. Once the reason is gone, call retry.`,
          { name, id, failure: state.failure },
        );
      }
    } catch (error) {
      if (isOver.aborted) return;
      if (isBusError(error, "FENCED")) return turn.end(error);
      warn(
        "SAGA_JOURNAL_FAILED",
        `The journal "${stream}" cannot be written or read: ${describe(error).message}. It is tried again.`,
        { name: this.definition.name, stream },
        error,
      );
      await pause(deadlines, FIRST_WAIT_MS, [isOver]);
    } finally {
      turn.courses.delete(stream);
    }
    // It may have been retried since, or could not be read.
    this.wake();
  }
}

/** A turn with the lock. */
interface Turn {
  readonly fence: Fence;
  readonly isOver: AbortSignal;
  end(reason: unknown): void;
  /** What cancels those under way, by journal. */
  readonly courses: Map<string, () => void>;
}
