import { isBusError, type NewEvent } from "@pubsub-mfe/core";
import type { EventStore, Stored } from "@pubsub-mfe/patterns/cqrs";

/** What is followed, and who hears of it. */
export interface Follower<Event extends NewEvent> {
  /** A pattern of event types. */
  readonly types: string;
  /** The events begin with the first one, also when the database was deleted under the page. */
  readonly onBegin: () => void | Promise<void>;
  readonly onEvent: (event: Stored<Event>) => void;
}

/** Hands over all events, of all tabs, in their order, until the signal aborts. */
export function followEvents<Event extends NewEvent>(
  store: EventStore<Event>,
  { types, onBegin, onEvent }: Follower<Event>,
  signal: AbortSignal,
): void {
  const begin = async (): Promise<void> => {
    await onBegin();
    if (signal.aborted) return;
    store.subscribe(
      {
        types,
        signal,
        onError(error, event) {
          if (!event && isBusError(error, "STALE_POSITION")) void begin();
          else reportError(error);
        },
      },
      onEvent,
    );
  };
  void begin();
}
