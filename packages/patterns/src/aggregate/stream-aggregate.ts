import {
  type AppendResult,
  type EventPosition,
  isBusError,
  type NewEvent,
  type Snapshot,
} from "@pubsub-mfe/core";
import { checkName, show } from "@pubsub-mfe/core/stores";
import { partsOf, type StoreParts } from "../event-store/event-store.js";
import type { EventMoment, EventReadOptions } from "../event-store/options.js";
import { readStream } from "../event-store/read-stream.js";
import type { Appended, Stored } from "../event-store/stored.js";
import type {
  Aggregate,
  AggregateDefinition,
  Decision,
  ExecuteCommandOptions,
  Executed,
  Loaded,
  LoadOptions,
  StoreOf,
} from "./define-aggregate.js";

/** A state that more events can be added to. */
interface Draft<State> {
  state: State;
  version: number;
  position: EventPosition | undefined;
  /** How many events were read since the snapshot, or the start. */
  read: number;
}

/** What a snapshot holds. */
interface Kept<State> {
  readonly state: State;
  readonly position: EventPosition | undefined;
}

/** Aggregates whose events lie in a store. */
export class StreamAggregate<State, Event extends NewEvent, Command>
  implements Aggregate<State, Command>
{
  readonly #definition: AggregateDefinition<State, Event, Command>;
  readonly #store: StoreOf<Event>;
  readonly #parts: StoreParts;
  readonly #snapshotName: string;
  /** Infinite also once a state could not be kept: others of its kind can not either. */
  #snapshotEvery: number;
  /** Commands of one stream take turns: on one page they need not be in each other's way. */
  readonly #lastOf = new Map<string, Promise<unknown>>();

  constructor(definition: AggregateDefinition<State, Event, Command>, store: StoreOf<Event>) {
    this.#definition = definition;
    this.#store = store;
    this.#parts = partsOf(store);
    const { name, snapshotVersion = 1, snapshotEvery = Infinity } = definition;
    this.#snapshotName = `${name}@${snapshotVersion}`;
    this.#snapshotEvery = snapshotEvery;
  }

  streamOf(id: string): string {
    checkName(`The id of ${show(this.#definition.name)}`, id);
    return `${this.#definition.name}:${id}`;
  }

  async load(id: string, { at }: LoadOptions = {}): Promise<Loaded<State>> {
    this.#parts.assertOpen();
    const draft = await this.#load(id, at);
    if (!at) this.#keep(id, draft);
    return loaded(draft);
  }

  async execute(
    id: string,
    command: Command,
    options: ExecuteCommandOptions = {},
  ): Promise<Executed<State>> {
    this.#parts.assertOpen();
    const stream = this.streamOf(id);
    const before = this.#lastOf.get(stream) ?? Promise.resolve();
    const result = before.then(() => this.#execute(id, command, options));
    const settled = result.catch(() => {});
    this.#lastOf.set(stream, settled);
    try {
      return await result;
    } finally {
      if (this.#lastOf.get(stream) === settled) this.#lastOf.delete(stream);
    }
  }

  async #execute(
    id: string,
    command: Command,
    { commandId }: ExecuteCommandOptions,
  ): Promise<Executed<State>> {
    for (let left = this.#definition.retries ?? 10; ; left -= 1) {
      const draft = await this.#load(id);
      let events: readonly Appended<Event>[];
      try {
        const { version } = draft;
        const decision = this.#definition.decide(draft.state, command, { id, version });
        events = toEvents(await decision);
      } catch (error) {
        // Executed before, it may well be refused now: an order is paid once.
        const repeated = await this.#executedBefore(id, commandId);
        if (repeated) return repeated;
        throw error;
      }
      if (events.length === 0) {
        const repeated = await this.#executedBefore(id, commandId);
        return repeated ?? { ...loaded(draft), repeated: false };
      }
      try {
        const options = { expectedVersion: draft.version, commandId };
        const result = await this.#store.append(this.streamOf(id), events, options);
        if (result.repeated) return await this.#asOf(id, result);
      } catch (error) {
        if (left > 0 && isBusError(error, "CONCURRENCY")) continue;
        throw error;
      }
      // As they are stored: with their ids and times.
      const { version } = draft;
      const fromVersion = version + 1;
      await this.#readOn(id, draft, { fromVersion, toVersion: version + events.length });
      this.#keep(id, draft);
      return { ...loaded(draft), repeated: false };
    }
  }

  async #executedBefore(
    id: string,
    commandId: string | undefined,
  ): Promise<Executed<State> | undefined> {
    if (commandId === undefined) return undefined;
    // Appends nothing, whatever is known of the command.
    const result = await this.#parts.streams.append(this.streamOf(id), [], { commandId });
    return result.repeated ? await this.#asOf(id, result) : undefined;
  }

  /** What a command came to the first time. */
  async #asOf(id: string, { version }: AppendResult): Promise<Executed<State>> {
    return { ...loaded(await this.#load(id, { version })), repeated: true };
  }

  async #load(id: string, at?: EventMoment): Promise<Draft<State>> {
    const { initial } = this.#definition;
    const maxVersion = at && ("version" in at ? at.version : 0);
    const kept = maxVersion === 0 ? undefined : await this.#readSnapshot(id, maxVersion);
    if (kept) {
      const { version } = kept;
      const draft = { ...kept.state, version, read: 0 };
      const found = await this.#readOn(id, draft, { fromVersion: version, at });
      if (found) return draft;
    }
    const state = startOf(initial, id);
    const draft: Draft<State> = { state, version: 0, position: undefined, read: 0 };
    await this.#readOn(id, draft, { at });
    return draft;
  }

  /**
   * Adds the events after those that the draft has.
   *
   * @param options - a `fromVersion` that the draft has already is looked at first
   * @returns whether that is still the same event: its stream may have been forgotten since
   */
  async #readOn(id: string, draft: Draft<State>, options: EventReadOptions): Promise<boolean> {
    const { streams, upcasting } = this.#parts;
    let isSame = options.fromVersion !== draft.version;
    for await (const event of readStream(streams, this.streamOf(id), options)) {
      if (event.version === draft.version) {
        isSame = event.position === draft.position;
        if (isSame) continue;
      }
      if (!isSame) return false;
      const present = upcasting.apply(event) as Stored<Event>;
      draft.state = this.#definition.evolve(draft.state, present);
      draft.version = event.version;
      draft.position = event.position;
      draft.read += 1;
    }
    return isSame;
  }

  async #readSnapshot(
    id: string,
    maxVersion: number | undefined,
  ): Promise<Snapshot<Kept<State>> | undefined> {
    if (this.#definition.snapshotEvery === undefined) return undefined;
    const query = { name: this.#snapshotName, maxVersion };
    return await this.#parts.streams.readSnapshot<Kept<State>>(this.streamOf(id), query);
  }

  /** Keeps a state that took many events to get to; nobody waits for that. */
  #keep(id: string, { state, version, position, read }: Draft<State>): void {
    if (read < this.#snapshotEvery) return;
    const snapshot = { name: this.#snapshotName, version, state: { state, position } };
    this.#parts.streams.snapshot(this.streamOf(id), snapshot).catch((error: unknown) => {
      this.#snapshotEvery = Infinity;
      this.#parts.warn(
        "SNAPSHOT_FAILED",
        `The state of ${show(this.streamOf(id))} could not be kept as a snapshot: from now on none is made of ${show(this.#definition.name)}, and loading reads all events since the last.`,
        { error, stream: this.streamOf(id), version },
      );
    });
  }
}

function startOf<State>(initial: State | ((id: string) => State), id: string): State {
  if (typeof initial === "function") return (initial as (id: string) => State)(id);
  return structuredClone(initial);
}

function loaded<State>({ state, version, position }: Draft<State>): Loaded<State> {
  return { state, version, position };
}

function toEvents<Event extends NewEvent>(decision: Decision<Event>): readonly Appended<Event>[] {
  if (decision === undefined) return [];
  return Array.isArray(decision) ? decision : [decision as Appended<Event>];
}
