import type { EventStreams, StoredEvent } from "@pubsub-mfe/core";
import { invalidArgument } from "../shared/pattern-error.js";
import type { EventReadOptions } from "./options.js";

/** Reads one stream as it was at a moment, events as they are stored. */
export async function* readStream(
  streams: EventStreams,
  stream: string,
  { fromVersion, toVersion = Infinity, at }: EventReadOptions,
): AsyncGenerator<StoredEvent> {
  const moment: { version?: number; position?: string; time?: number } = at ?? {};
  const { version = Infinity, position, time } = moment;
  if (at && version === Infinity && position === undefined && time === undefined) {
    throw invalidArgument("at", at, "{ version }, { position } or { time }");
  }
  if (at && "position" in at) await assertOfStore(streams, at.position);
  const query = { fromVersion, toVersion: Math.min(toVersion, version), untilTime: time };
  for await (const event of streams.read(stream, query)) {
    if (position !== undefined && event.position > position) return;
    yield event;
  }
}

/** @throws `StalePositionError` for a position of another store */
export async function assertOfStore(
  streams: EventStreams,
  position: StoredEvent["position"],
): Promise<void> {
  for await (const _ of streams.readAll({ after: position, limit: 1 })) return;
}
