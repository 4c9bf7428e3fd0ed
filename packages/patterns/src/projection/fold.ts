import type { NewEvent, StoredEvent } from "@pubsub-mfe/core";
import { compilePattern, show } from "@pubsub-mfe/core/stores";
import type { Stored } from "../event-store/stored.js";
import type { Upcasting } from "../event-store/upcasting.js";
import { invalidArgument } from "../shared/pattern-error.js";
import { AsyncReducerError } from "./errors.js";
import type { ProjectionOptions, Reducer } from "./options.js";

/** An event on its way into rows. */
export interface Ready<Row> {
  readonly ids: readonly string[];
  readonly reduce: (row: Row | undefined) => Row | undefined;
}

/** What the code of a projection makes of single events. */
export class Fold<Row, Event extends NewEvent> {
  readonly #key: ProjectionOptions<Row, Event>["key"];
  readonly #upcasting: Upcasting;
  readonly #exact = new Map<string, Reducer<Row, Stored<Event>>>();
  readonly #patterns: { matches(type: string): unknown; reducer: Reducer<Row, Stored<Event>> }[] =
    [];

  /** @throws {@link PatternError} for what is no reducer, and core's error for what is no pattern */
  constructor({ key, on }: ProjectionOptions<Row, Event>, upcasting: Upcasting) {
    if (typeof key !== "function") throw invalidArgument("key", key, "a function");
    this.#key = key;
    this.#upcasting = upcasting;
    for (const [pattern, reducer] of Object.entries(on ?? {})) {
      if (typeof reducer !== "function")
        throw invalidArgument(`on[${show(pattern)}]`, reducer, "a function");
      const matches = compilePattern(pattern);
      if (/[#+]/.test(pattern)) this.#patterns.push({ matches, reducer });
      else this.#exact.set(pattern, reducer);
    }
  }

  /** @throws whatever the code throws on the event */
  prepare(event: StoredEvent): Ready<Row> | undefined {
    const { type } = event;
    const reducer =
      this.#exact.get(type) ?? this.#patterns.find(({ matches }) => matches(type))?.reducer;
    if (!reducer) return undefined;
    const present = this.#upcasting.apply(event) as Stored<Event>;
    const ids = idsOf(this.#key(present));
    return ids.length === 0 ? undefined : { ids, reduce: (row) => run(reducer, row, present) };
  }
}

function idsOf(key: unknown): readonly string[] {
  if (key === undefined) return [];
  const ids = Array.isArray(key) ? [...new Set(key)] : [key];
  for (const id of ids) {
    if (typeof id !== "string" || id === "") {
      throw invalidArgument("What key returned", id, "a non-empty string, several, or undefined");
    }
  }
  return ids;
}

function run<Row, Event extends NewEvent>(
  reducer: Reducer<Row, Stored<Event>>,
  row: Row | undefined,
  event: Stored<Event>,
): Row | undefined {
  const next = reducer(row, event);
  const then = (next as { then?: unknown } | null | undefined)?.then;
  if (typeof then !== "function") return next;
  // What becomes of it is nobody's business any more.
  then.call(next, undefined, () => {});
  throw new AsyncReducerError(event.type);
}
