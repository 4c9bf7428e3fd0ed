import {
  type AppendOptions,
  type AppendResult,
  ConcurrencyError,
  FencedError,
  type NewEvent,
} from "@pubsub-mfe/core";
import { unwrap } from "idb";
import { type EventRow, keysBelow } from "../database.js";
import { refuseUncloneable } from "./refuse-uncloneable.js";
import { type Store, write } from "./store.js";

/** An append whose arguments have been checked and copied. */
export interface Append {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly options: AppendOptions;
  /** Told within the transaction, so that the order of times is that of commits. */
  readonly now: () => number;
  readonly createId: (nowMs: number) => string;
  /** The events are on their way: who reads from now on waits for them. */
  readonly onCommit: () => void;
}

const STORES = ["events", "heads", "commands", "fences", "outbox"] as const;

/** Appends in one transaction: what it was decided by cannot change before the commit. */
export function append({ db, ns, positions }: Store, what: Append): Promise<AppendResult> {
  const { stream, options } = what;
  const { expectedVersion = "any", commandId, fence, outbox = false } = options;
  return write(db, [...STORES], async (tx) => {
    const eventStore = tx.objectStore("events");
    const [seen, done, last, head] = await Promise.all([
      fence && tx.objectStore("fences").get([ns, fence.name]),
      commandId === undefined ? undefined : tx.objectStore("commands").get([ns, stream, commandId]),
      eventStore.index("stream").openCursor(keysBelow(ns, stream), "prev"),
      tx.objectStore("heads").get(ns),
    ]);
    if (fence && seen && fence.epoch < seen.epoch) {
      throw new FencedError(fence.name, fence.epoch, seen.epoch);
    }
    const before = last?.value;
    const version = before?.version ?? 0;
    const expected = expectedVersion === "none" ? 0 : expectedVersion;
    if (!done && expected !== "any" && expected !== version) {
      throw new ConcurrencyError(stream, expectedVersion as number | "none", version);
    }

    // The bare stores: nobody waits for single requests.
    const store = <Name extends (typeof STORES)[number]>(name: Name): IDBObjectStore =>
      unwrap(tx.objectStore(name));
    if (fence) store("fences").put({ ns, name: fence.name, epoch: fence.epoch });
    if (done) {
      return { version: done.version, position: positions.of(done.position), repeated: true };
    }
    const rows = toRows(what, ns, head?.position ?? 0, before);
    for (const row of rows) {
      refuseUncloneable(`The event "${row.type}"`, row, () => store("events").add(row));
      if (outbox) store("outbox").add({ ns, position: row.position });
    }
    const newest = rows.at(-1);
    if (newest) {
      const { position } = newest;
      store("heads").put({ ns, position });
      if (commandId !== undefined) {
        store("commands").add({ ns, stream, commandId, version: newest.version, position });
      }
      what.onCommit();
    }
    const end = newest ?? before;
    return {
      version: end?.version ?? 0,
      position: end && positions.of(end.position),
      repeated: false,
    };
  });
}

function toRows(
  { stream, events, now, createId }: Append,
  ns: string,
  head: number,
  before: EventRow | undefined,
): EventRow[] {
  const nowMs = now();
  const time = Math.max(nowMs, before?.time ?? nowMs);
  const version = before?.version ?? 0;
  return events.map((event, n) => ({
    ...event,
    ns,
    stream,
    id: createId(nowMs),
    version: version + n + 1,
    position: head + n + 1,
    time,
  }));
}
