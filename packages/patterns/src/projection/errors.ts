import type { StoredEvent } from "@pubsub-mfe/core";
import { show } from "@pubsub-mfe/core/stores";
import { PatternError } from "../shared/pattern-error.js";

/** A projection met an event that its code cannot take, and builds no further. */
export class ProjectionStoppedError extends PatternError {
  override readonly name = "ProjectionStoppedError";
  readonly projection: string;
  /** The event that it stopped at. */
  readonly event: StoredEvent;

  constructor(projection: string, event: StoredEvent, cause: unknown) {
    super(
      "PROJECTION_STOPPED",
      `The projection ${show(projection)} has stopped, with the rows of before, at the event ${show(event.type)} (version ${event.version} of the stream ${show(event.stream)}). Correct its code${cause instanceof AsyncReducerError ? "" : ', or give it onPoison: "skip"'}. Thrown was: ${messageOf(cause)}`,
      { cause },
    );
    this.projection = projection;
    this.event = event;
  }
}

/** A reducer returned a promise, which would end the transaction that it runs in. */
export class AsyncReducerError extends PatternError {
  override readonly name = "AsyncReducerError";
  /** The type of the event. */
  readonly type: string;

  constructor(type: string) {
    super(
      "ASYNC_REDUCER",
      `The reducer of ${show(type)} returned a promise: it must return the row at once. Do what has to be waited for before the event is appended, and put the result into it.`,
    );
    this.type = type;
  }
}

/** The rows did not come to the position within the timeout. */
export class ProjectionTimeoutError extends PatternError {
  override readonly name = "ProjectionTimeoutError";
  readonly projection: string;
  readonly timeoutMs: number;

  constructor(projection: string, timeoutMs: number) {
    super(
      "PROJECTION_TIMEOUT",
      `The projection ${show(projection)} did not come to the position within ${timeoutMs} ms. Its rows may get there later: see its status.`,
    );
    this.projection = projection;
    this.timeoutMs = timeoutMs;
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : show(thrown);
}
