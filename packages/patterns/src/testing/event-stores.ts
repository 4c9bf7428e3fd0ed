import type { EventStreams, NewEvent } from "@pubsub-mfe/core";
import type { Locks } from "@pubsub-mfe/core/locks";
import {
  ManualClock,
  type MemoryEventStreams,
  MemoryLockStore,
  type MemoryLocks,
  MemoryStreamStore,
} from "@pubsub-mfe/core/testing";
import { onTestFinished } from "vitest";
import {
  createEventStore,
  type EventStore,
  type EventStoreOptions,
  type PatternWarning,
} from "../cqrs.js";

/** One tab with a store over streams of an origin in memory. */
export interface StoreTab<Event extends NewEvent = NewEvent> {
  readonly store: EventStore<Event>;
  readonly streams: MemoryEventStreams;
  readonly locks: MemoryLocks;
  readonly warnings: PatternWarning[];
  codes(): string[];
  /** Ends the tab without a word. */
  crash(): void;
}

type Changes = Omit<EventStoreOptions, "streams" | "locks"> & {
  readonly locks?: Locks | false;
  readonly streams?: (streams: EventStreams) => EventStreams;
};

/** Streams and locks of one origin. */
export class MemoryOrigin {
  readonly clock: ManualClock = new ManualClock();
  readonly data: MemoryStreamStore = new MemoryStreamStore({ clock: this.clock });
  readonly locks: MemoryLockStore = new MemoryLockStore(this.clock);

  tab<Event extends NewEvent = NewEvent>({
    locks: given,
    streams: wrap = (each) => each,
    ...options
  }: Changes = {}): StoreTab<Event> {
    const streams = this.data.open();
    const locks = this.locks.tab();
    const warnings: PatternWarning[] = [];
    const store = createEventStore<Event>({
      streams: wrap(streams),
      clock: this.clock,
      ...(given !== false && { locks: given ?? locks }),
      onDiagnostic: (warning) => warnings.push(warning),
      ...options,
    });
    onTestFinished(() => store.dispose());
    return {
      store,
      streams,
      locks,
      warnings,
      codes: () => warnings.map(({ code }) => code),
      crash() {
        streams.close();
        locks.close();
      },
    };
  }

  /** Lets time pass in small steps, each until nothing moves any more. */
  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 50) {
      this.clock.advance(Math.min(50, left));
      await settled();
    }
  }
}

/** Lets all come to rest that waits for no timer of a clock. */
export async function settled(): Promise<void> {
  for (let n = 0; n < 3; n += 1) await new Promise((resolve) => setTimeout(resolve));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** Events of one type that are told apart by a number. */
export function numbered(from: number, to: number, type = "counted"): NewEvent<number>[] {
  return Array.from({ length: to - from + 1 }, (_, n) => ({ type, payload: from + n }));
}

/** Streams of which some methods do something else. */
export function withMethods(streams: EventStreams, methods: Partial<EventStreams>): EventStreams {
  return new Proxy(streams, {
    get(target, name) {
      const method = (methods[name as keyof EventStreams] ??
        target[name as keyof EventStreams]) as () => unknown;
      return method.bind(target);
    },
  });
}
