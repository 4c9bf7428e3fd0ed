import type { StoredEvent } from "@pubsub-mfe/core";
import { show } from "@pubsub-mfe/core/stores";
import { PatternError } from "../shared/pattern-error.js";

/** The store, or the projection, was disposed. */
export class EventStoreDisposedError extends PatternError {
  override readonly name = "EventStoreDisposedError";

  /** @param subject - what was disposed, such as `The event store` */
  constructor(subject: string) {
    super("DISPOSED", `${subject} was disposed: nothing can be asked of it any more.`);
  }
}

/** A function of `upcast` threw. */
export class UpcastError extends PatternError {
  override readonly name = "UpcastError";
  /** The type of the event. */
  readonly type: string;
  readonly eventId: string;

  constructor({ type, id, stream, version }: StoredEvent, cause: unknown) {
    super(
      "UPCAST_FAILED",
      `The event ${show(type)} (version ${version} of the stream ${show(stream)}) could not be brought into its present shape: its upcaster threw.`,
      { cause },
    );
    this.type = type;
    this.eventId = id;
  }
}
