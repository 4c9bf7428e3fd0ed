import { createIdGenerator } from "../ids.js";
import type {
  AppendOptions,
  AppendResult,
  EventPosition,
  Fence,
  NewEvent,
  ProjectionId,
  Snapshot,
  SnapshotQuery,
  StoredEvent,
} from "../links/event-streams.js";
import { Positions } from "../links/positions.js";
import { ConcurrencyError, FencedError } from "../links/store-errors.js";
import { MemoryRows } from "./memory-rows.js";

/** One stream, and what is deleted with it. */
interface Stream {
  readonly events: StoredEvent[];
  /** By the id of a command the last event that came of it. */
  readonly commands: Map<string, StoredEvent>;
  readonly snapshots: Snapshot[];
}

/**
 * What a store holds. Each method is what happens in one transaction: nothing comes between, and what
 * throws has changed nothing.
 */
export class MemoryStreamData {
  readonly positions: Positions<EventPosition>;
  /** All events, in the order of their commits. */
  all: StoredEvent[] = [];
  #last = 0;
  #outbox: StoredEvent[] = [];
  readonly #createId = createIdGenerator();
  readonly #streams = new Map<string, Stream>();
  readonly #fences = new Map<string, number>();
  readonly #projections = new Map<string, MemoryRows>();

  constructor(nowMs: number) {
    this.positions = new Positions(this.#createId(nowMs));
  }

  get head(): EventPosition {
    return this.positions.of(this.#last);
  }

  eventsOf(stream: string): readonly StoredEvent[] {
    return this.#streams.get(stream)?.events ?? [];
  }

  append(
    name: string,
    events: readonly NewEvent[],
    { expectedVersion = "any", commandId, fence, outbox = false }: AppendOptions,
    nowMs: number,
  ): AppendResult {
    this.#checkFence(fence);
    const stream = this.#streams.get(name) ?? newStream();
    const done = commandId === undefined ? undefined : stream.commands.get(commandId);
    if (done === undefined) checkVersion(name, stream, expectedVersion);
    // From here on nothing is refused any more.
    if (fence) this.#fences.set(fence.name, fence.epoch);
    if (done) return { version: done.version, position: done.position, repeated: true };
    for (const event of events) this.#add(name, stream, event, nowMs, outbox);
    const last = stream.events.at(-1);
    if (last && events.length > 0) {
      this.#streams.set(name, stream);
      if (commandId !== undefined) stream.commands.set(commandId, last);
    }
    return { version: last?.version ?? 0, position: last?.position, repeated: false };
  }

  #checkFence(fence: Fence | undefined): void {
    const epoch = fence && this.#fences.get(fence.name);
    if (fence && epoch !== undefined && fence.epoch < epoch) {
      throw new FencedError(fence.name, fence.epoch, epoch);
    }
  }

  #add(name: string, stream: Stream, event: NewEvent, nowMs: number, outbox: boolean): void {
    const before = stream.events.at(-1);
    const stored: StoredEvent = {
      ...event,
      id: this.#createId(nowMs),
      stream: name,
      version: (before?.version ?? 0) + 1,
      position: this.positions.of(++this.#last),
      time: Math.max(nowMs, before?.time ?? nowMs),
    };
    stream.events.push(stored);
    this.all.push(stored);
    if (outbox) this.#outbox.push(stored);
  }

  waiting(limit: number): readonly StoredEvent[] {
    return this.#outbox.slice(0, limit);
  }

  takeOut(ids: readonly string[]): void {
    this.#outbox = this.#outbox.filter(({ id }) => !ids.includes(id));
  }

  keep(name: string, snapshot: Snapshot): void {
    const stream = this.#streams.get(name);
    if (!stream?.events.some(({ version }) => version === snapshot.version)) return;
    const same = stream.snapshots.findIndex(
      (other) => other.name === snapshot.name && other.version === snapshot.version,
    );
    if (same >= 0) stream.snapshots.splice(same, 1);
    stream.snapshots.push(snapshot);
  }

  snapshotOf(
    stream: string,
    { name, maxVersion = Number.POSITIVE_INFINITY }: SnapshotQuery,
  ): Snapshot | undefined {
    return this.#streams
      .get(stream)
      ?.snapshots.filter((each) => each.name === name && each.version <= maxVersion)
      .sort((a, b) => a.version - b.version)
      .at(-1);
  }

  delete(name: string): void {
    this.#streams.delete(name);
    this.all = this.all.filter(({ stream }) => stream !== name);
    this.#outbox = this.#outbox.filter(({ stream }) => stream !== name);
  }

  rowsOf({ name, version }: ProjectionId): MemoryRows {
    const key = JSON.stringify([name, version]);
    const rows = this.#projections.get(key) ?? new MemoryRows();
    this.#projections.set(key, rows);
    return rows;
  }
}

function newStream(): Stream {
  return { events: [], commands: new Map(), snapshots: [] };
}

function checkVersion(
  name: string,
  { events }: Stream,
  expected: NonNullable<AppendOptions["expectedVersion"]>,
): void {
  const actual = events.at(-1)?.version ?? 0;
  if (expected === "any" || actual === (expected === "none" ? 0 : expected)) return;
  throw new ConcurrencyError(name, expected, actual);
}
