import { type EventStreams, type Fence, isBusError, type StoredEvent } from "@pubsub-mfe/core";
import type { Entry } from "../entries.js";
import { encodePart, joinParts } from "../keys.js";
import { apply, begin, type RunningState } from "../state.js";

/** The types of a journal's events. */
export const JOURNAL = "saga.journal.";

/** Where the journal of a saga is. */
export function streamOf(name: string, id: string): string {
  return `saga/${joinParts(name, id)}`;
}

/** What the streams of all sagas of a name begin with. */
export function streamPrefix(name: string): string {
  return `saga/${encodePart(name)}/`;
}

/** The lock under which the sagas of a name and version are run, and the name of its fence. */
export function lockOf(saga: { readonly name: string; readonly version: number }): string {
  return `saga:${joinParts(saga.name, String(saga.version))}`;
}

/** Takes an event of a journal into the state before it, which is changed; `undefined` before the first. */
export function fold(
  state: RunningState | undefined,
  event: StoredEvent,
): RunningState | undefined {
  const entry = event.payload as Entry | undefined;
  if (typeof entry?.type !== "string") return state;
  if (entry.type === "begun") return begin(entry, event.time);
  if (state) apply(state, entry, event.time);
  return state;
}

/** Reads how far a saga is; `undefined` for one that there is not. */
export async function load(
  streams: Pick<EventStreams, "read">,
  stream: string,
): Promise<RunningState | undefined> {
  let state: RunningState | undefined;
  for await (const event of streams.read(stream)) state = fold(state, event);
  return state;
}

/** Appends an entry after exactly so many. @throws ConcurrencyError, FencedError, and what the store does */
export async function append(
  streams: Pick<EventStreams, "append">,
  stream: string,
  entry: Entry,
  expectedVersion: number,
  fence?: Fence,
): Promise<void> {
  await streams.append(stream, [{ type: JOURNAL + entry.type, payload: entry }], {
    expectedVersion,
    fence,
  });
}

/** What is decided by what is known, and not merely what happened. */
const DECISIONS: ReadonlySet<Entry["type"]> = new Set([
  "step.started",
  "compensation.started",
  "ended",
]);

/**
 * Appends an entry as the one who runs the saga, and changes the state.
 *
 * @returns `false` when somebody else wrote before it, which the state has now, and the entry was a
 *   decision that may be another one then
 * @throws FencedError, and what else the store refuses or fails with
 */
export async function record(
  streams: Pick<EventStreams, "append" | "read">,
  state: RunningState,
  entry: Entry,
  fence: Fence,
  now: () => number,
): Promise<boolean> {
  const stream = streamOf(state.name, state.id);
  for (;;) {
    try {
      await append(streams, stream, entry, state.revision, fence);
      apply(state, entry, now());
      return true;
    } catch (error) {
      if (!isBusError(error, "CONCURRENCY")) throw error;
      const before = state.revision;
      for await (const event of streams.read(stream, { fromVersion: before + 1 })) {
        fold(state, event);
      }
      // The journal was deleted.
      if (state.revision === before) throw error;
      if (DECISIONS.has(entry.type)) return false;
    }
  }
}
