import type { AppendResult, EventPosition, NewEvent } from "@pubsub-mfe/core";
import type { EventAppendOptions, EventMoment } from "../event-store/options.js";
import type { Appended, Stored } from "../event-store/stored.js";
import { invalidArgument } from "../shared/pattern-error.js";
import { StreamAggregate } from "./stream-aggregate.js";

/** What {@link AggregateDefinition.decide} is told beside the state and the command. */
export interface DecideContext {
  readonly id: string;
  /** The version that the state is of; 0 when there are no events. */
  readonly version: number;
}

/** What a decision comes to: what happened, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a decision that returns nothing is one.
export type Decision<Event extends NewEvent> = Appended<Event> | readonly Appended<Event>[] | void;

/** How a thing is kept as its events. */
export interface AggregateDefinition<State, Event extends NewEvent, Command> {
  /** What it is, such as `"order"`. Its streams are called `<name>:<id>`, so it has no colon. */
  readonly name: string;
  /** The state before the first event: a value, which is copied, or what makes it. */
  readonly initial: State | ((id: string) => State);
  /** Gives the state after an event. Must return at once, and do nothing else. */
  readonly evolve: (state: State, event: Stored<Event>) => State;
  /**
   * Gives the events that a command comes to, or throws when it cannot be. It is called again when
   * another tab was first, so it should do nothing else either; it may return a promise.
   */
  readonly decide: (
    state: State,
    command: Command,
    context: DecideContext,
  ) => Decision<Event> | PromiseLike<Decision<Event>>;
  /**
   * Keeps the state whenever so many events were read to get to it.
   *
   * @defaultValue never: a few hundred events are read in a few milliseconds
   */
  readonly snapshotEvery?: number | undefined;
  /**
   * The version of the code that makes the state: raise it when `State` or `evolve` changes, and
   * snapshots of before are not used any more.
   *
   * @defaultValue `1`
   */
  readonly snapshotVersion?: number | undefined;
  /**
   * How many times a command is decided anew because another tab was first, before `execute` rejects
   * with the `ConcurrencyError`.
   *
   * @defaultValue `10`
   */
  readonly retries?: number | undefined;
}

/** A state, and which one. */
export interface Loaded<State> {
  readonly state: State;
  /** The version of the last event; 0 when there are none. */
  readonly version: number;
  /** The position of the last event; `undefined` when there are none. */
  readonly position: EventPosition | undefined;
}

/** What a command came to. */
export interface Executed<State> extends Loaded<State> {
  /** Whether `commandId` had been executed before: all is as of that time. */
  readonly repeated: boolean;
}

/** Options of {@link Aggregate.load}. */
export interface LoadOptions {
  /** Gives the state as it was then. */
  readonly at?: EventMoment | undefined;
}

/** Options of {@link Aggregate.execute}. */
export interface ExecuteCommandOptions {
  /**
   * What makes two clicks, or a second try, one command: executed before, it does nothing again. It
   * holds for one id of the aggregate.
   */
  readonly commandId?: string | undefined;
}

/** All things of one kind, each with an id. */
export interface Aggregate<State, Command> {
  /** Names the stream that holds the events of an id. */
  streamOf(id: string): string;
  /**
   * Gives the state of an id, by reading its own events and no others.
   *
   * @param id - any non-empty string
   * @throws {@link UpcastError} when an upcaster threw; whatever `evolve` threw
   */
  load(id: string, options?: LoadOptions): Promise<Loaded<State>>;
  /**
   * Decides a command by the present state, and appends the events that it comes to. When another tab
   * was first it loads and decides anew.
   *
   * @param id - any non-empty string
   * @throws `ConcurrencyError` of core when others were first every time
   * @throws whatever `decide` threw; nothing was appended then
   */
  execute(id: string, command: Command, options?: ExecuteCommandOptions): Promise<Executed<State>>;
}

/** A definition, to be used with a store. */
export interface DefinedAggregate<State, Event extends NewEvent, Command> {
  /**
   * Makes the aggregate that lives in a store.
   *
   * @param store - one whose events are those of the aggregate, or more
   */
  on(store: StoreOf<Event>): Aggregate<State, Command>;
}

/** An {@link EventStore} that these events can be appended to. */
export interface StoreOf<Event extends NewEvent> {
  // A property, so that a store of other events is refused.
  /** As that of the store. */
  readonly append: (
    stream: string,
    events: readonly Appended<Event>[],
    options?: EventAppendOptions,
  ) => Promise<AppendResult>;
}

/**
 * Defines a thing that is kept as its events: `decide` makes events of commands, `evolve` the state
 * of events.
 *
 * @throws {@link PatternError} `INVALID_ARGUMENT` for a part that it cannot use
 *
 * @example
 * ```ts
 * const orders = defineAggregate<Order, OrderEvent, OrderCommand>({
 *   name: "order",
 *   initial: { status: "new" },
 *   evolve: (order, event) => (event.type === "order.paid" ? { status: "paid" } : order),
 *   decide(order) {
 *     if (order.status === "paid") throw new Error("It is paid.");
 *     return { type: "order.paid", payload: { customer: "ada", amount: 12 } };
 *   },
 * }).on(store);
 * await orders.execute("42", { pay: 12 }, { commandId: "click-7" });
 * ```
 */
export function defineAggregate<State, Event extends NewEvent, Command>(
  definition: AggregateDefinition<State, Event, Command>,
): DefinedAggregate<State, Event, Command> {
  const { name, evolve, decide, snapshotEvery, retries } = definition;
  if (typeof name !== "string" || name === "" || name.includes(":")) {
    throw invalidArgument("The name of an aggregate", name, "a non-empty string without a colon");
  }
  if (typeof evolve !== "function") throw invalidArgument("evolve", evolve, "a function");
  if (typeof decide !== "function") throw invalidArgument("decide", decide, "a function");
  for (const [subject, value, least] of [
    ["snapshotEvery", snapshotEvery, 1],
    ["snapshotVersion", definition.snapshotVersion, 0],
    ["retries", retries, 0],
  ] as const) {
    if (value !== undefined && !(Number.isInteger(value) && value >= least)) {
      throw invalidArgument(subject, value, `a whole number of ${least} or more`);
    }
  }
  return { on: (store) => new StreamAggregate(definition, store) };
}
