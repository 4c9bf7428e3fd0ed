import type { NewEvent, StoredEvent } from "@pubsub-mfe/core";

/** An event as it is read from a store: with its id, stream, version, position, time and meta. */
export type Stored<Event extends NewEvent = NewEvent> = Event &
  Omit<StoredEvent, "type" | "payload">;

/** An event as it is appended: with facts about it, where there are any. */
export type Appended<Event extends NewEvent = NewEvent> = Event & Pick<NewEvent, "meta">;
