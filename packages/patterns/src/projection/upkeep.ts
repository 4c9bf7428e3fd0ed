import type { Clock, EventStreams, ProjectionId, Unsubscribe } from "@pubsub-mfe/core";
import { show } from "@pubsub-mfe/core/stores";
import type { Exclusive } from "../shared/exclusive.js";
import { isPatternError } from "../shared/pattern-error.js";
import type { Warn } from "../shared/warning.js";
import type { Builder, OnBuilt } from "./builder.js";
import type { Progress } from "./progress.js";

/** So long a tab that follows waits before it looks again for what another one builds. */
const FIRST_LOOK_MS = 4;
const LONGEST_LOOK_MS = 250;
/** When the rows do not move for so long, though there are events, it builds them itself. */
const STUCK_MS = 1_000;

export interface UpkeepParts {
  readonly streams: EventStreams;
  readonly id: ProjectionId;
  readonly builder: Pick<Builder<never, never>, "catchUp">;
  readonly progress: Progress;
  readonly exclusive: Exclusive;
  readonly lockName: () => Promise<string>;
  readonly clock: Clock;
  readonly warn: Warn;
}

/**
 * Keeps the rows up to date, for as long as it lasts: builds them where this tab has the lock, or
 * there is none; otherwise it looks how far they are, for those who want to know.
 */
export class Upkeep {
  readonly #parts: UpkeepParts;
  readonly #end = new AbortController();
  readonly #stopListening: Unsubscribe;
  /** Building and rebuilding take turns. */
  #lastTurn: Promise<unknown> = Promise.resolve();
  #isKeepingUp = false;
  #isBuilder = false;
  #isFollowing = false;
  /** Whether there may be something that was not yet looked at. */
  #isNew = true;
  #wakeUp: (() => void) | undefined;
  #endPause: (() => void) | undefined;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
    this.#stopListening = parts.streams.onAppend(() => this.#look(parts.progress.isWatched));
    this.#look(true);
  }

  /** Sees to it that what there is now gets into the rows. */
  wake(): void {
    this.#look(true);
  }

  /** Removes the rows and builds them anew. */
  async rebuild(signal: AbortSignal | undefined, onBuilt: OnBuilt): Promise<void> {
    const { streams, id, builder, progress } = this.#parts;
    const result = this.#inTurn(async () => {
      signal?.throwIfAborted();
      // The rows are of all tabs: who is gone does not empty them.
      if (this.#end.signal.aborted) throw progress.status.error;
      progress.become("rebuilding");
      await this.#settle(this.#end.signal, async () => {
        await streams.transact(id, (transaction) => transaction.clear());
        progress.moveTo(undefined);
        await builder.catchUp(this.#end.signal, (...built) => {
          if (!signal?.aborted) onBuilt(...built);
        });
      });
      const { state, error } = progress.status;
      if (state !== "live") throw error;
    });
    try {
      await orAborted(result, signal);
    } finally {
      // It may have been stopped before, and what was given up is to be built to its end.
      this.#look(false);
    }
  }

  dispose(): void {
    this.#stopListening();
    this.#end.abort();
    this.#wakeUp?.();
    this.#endPause?.();
  }

  #look(isWanted: boolean): void {
    this.#isNew = true;
    if (this.#end.signal.aborted || this.#isStopped) return;
    this.#wakeUp?.();
    if (!this.#isKeepingUp) void this.#keepUp();
    if (isWanted && !this.#isBuilder && !this.#isFollowing) void this.#follow();
  }

  get #isStopped(): boolean {
    return this.#parts.progress.status.state === "stopped";
  }

  /** Waits until this tab is to build, and builds then whenever something is new. */
  async #keepUp(): Promise<void> {
    const { exclusive, lockName } = this.#parts;
    this.#isKeepingUp = true;
    try {
      const build = (signal: AbortSignal): Promise<void> => this.#buildOn(signal);
      await exclusive.run(lockName, build, { signal: this.#end.signal });
    } catch (error) {
      this.#fail(error);
    }
    this.#isKeepingUp = false;
  }

  async #buildOn(signal: AbortSignal): Promise<void> {
    this.#isBuilder = true;
    this.#isNew = true;
    while (!signal.aborted && !this.#isStopped) {
      if (this.#isNew) await this.#build(signal);
      else await this.#news(signal);
    }
    this.#isBuilder = false;
  }

  /** @returns whether it went well */
  #build(signal: AbortSignal): Promise<boolean> {
    return this.#inTurn(() => {
      this.#isNew = false;
      return this.#settle(signal, () => this.#parts.builder.catchUp(signal));
    });
  }

  /** Tells how a piece of building ended, if it was not broken off. */
  async #settle(signal: AbortSignal, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      if (!signal.aborted) this.#parts.progress.become("live");
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #fail(error: unknown): void {
    const { progress, warn, id } = this.#parts;
    if (this.#end.signal.aborted) return;
    const details = { projection: id.name, error };
    if (isPatternError(error, "PROJECTION_STOPPED")) {
      progress.become("stopped", error);
      warn("PROJECTION_STOPPED", error.message, details);
    } else {
      progress.become("catching-up", error);
      warn(
        "PROJECTION_FAILED",
        `The rows of the projection ${show(id.name)} could not be built now: it is tried again after the next append, or when somebody waits for them.`,
        details,
      );
    }
    progress.fail(error);
  }

  /** Looks how far another tab has built, while somebody wants to know and there is more. */
  async #follow(): Promise<void> {
    this.#isFollowing = true;
    try {
      while (this.#isNew && !this.#isBuilder) {
        this.#isNew = false;
        await this.#followTo();
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isFollowing = false;
  }

  async #followTo(): Promise<void> {
    const { streams, id, progress } = this.#parts;
    let lookMs = FIRST_LOOK_MS;
    let stillMs = 0;
    let head = await streams.head();
    while (!this.#end.signal.aborted && !this.#isBuilder && !this.#isStopped) {
      const checkpoint = await streams.rows(id).checkpoint();
      const { position, state } = progress.status;
      if (checkpoint !== position) {
        stillMs = 0;
        progress.moveTo(checkpoint);
      }
      if (checkpoint !== undefined && checkpoint >= head) {
        if (state === "catching-up") progress.become("live");
        return;
      }
      if (state === "live") progress.become("catching-up");
      if (stillMs < STUCK_MS) {
        await this.#pause(lookMs);
        stillMs += lookMs;
        lookMs = Math.min(2 * lookMs, LONGEST_LOOK_MS);
      } else {
        if (!(await this.#build(this.#end.signal))) return;
        head = await streams.head();
        stillMs = 0;
      }
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastTurn.then(work);
    this.#lastTurn = result.catch(() => {});
    return result;
  }

  async #news(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
      signal.addEventListener("abort", this.#onLost, { once: true });
    });
    signal.removeEventListener("abort", this.#onLost);
    this.#wakeUp = undefined;
  }

  readonly #onLost = (): void => this.#wakeUp?.();

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.clock.setTimer(resolve, ms);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
    this.#endPause = undefined;
  }
}

/** Waits for work that goes on when nobody waits for it any more. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
