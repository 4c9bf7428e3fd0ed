/// <reference lib="esnext.disposable" preserve="true" />
import { isBusError, reportUncaught, type Unsubscribe, type Untyped } from "@pubsub-mfe/core";
import { createLocks } from "@pubsub-mfe/core/locks";
import { clockOf, show } from "@pubsub-mfe/core/stores";
import { Deadlines } from "../../shared/deadlines.js";
import { invalidArgument } from "../../shared/pattern-error.js";
import type { Entry } from "../entries.js";
import { SagaManagerDisposedError, SagaStateError, UnknownSagaError } from "../errors.js";
import type { SagaResult } from "../outcome.js";
import { checkId } from "../saga.js";
import { hasEnded, mayBeCancelled, type SagaState, type SagaStatus } from "../state.js";
import { beginOrJoin } from "./begin-or-join.js";
import { Catalog } from "./catalog.js";
import type { SagaDefinition } from "./define-saga.js";
import { follow, goneError } from "./follow.js";
import { handleOf, type SagaHandle } from "./handle.js";
import type { Host } from "./host.js";
import { append, load, lockOf, streamOf } from "./journal.js";
import { lockable } from "./lockable.js";
import { News } from "./news.js";
import type { SagaManagerOptions } from "./options.js";
import { Others } from "./others.js";
import { Runner } from "./runner.js";

/** Which saga: its name and id, or the id alone where no other name has one of that id. */
export type SagaAddress = [id: string] | [name: string, id: string];

/**
 * Runs sagas that outlive their tab: what each step did is in a journal, and when the tab that runs
 * them is closed, crashes, or is left, another one goes on.
 *
 * @remarks
 * Each step runs at least once, each time with the same `idempotencyKey`; each id has one outcome. A
 * step runs a second time when its tab was lost before its end was written: what must not happen twice
 * needs a server that honours the key.
 *
 * @example
 * ```ts
 * const sagas = createSagaManager({ streams: history.streams, bus });
 * sagas.register(checkout);
 * const { done } = await sagas.start(checkout, cart, { id: cart.id });
 * const outcome = await done;
 * ```
 */
export class SagaManager {
  /** As `dispose`, where the platform knows of it. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #host: Host;
  readonly #runners = new Map<string, Runner>();
  readonly #others: Others;
  readonly #news: News;
  readonly #disposing = new AbortController();
  readonly #unlisten: Unsubscribe;

  /** @throws {@link PatternError} `INVALID_ARGUMENT` for what are no streams */
  constructor(options: SagaManagerOptions) {
    const { streams, bus, onDiagnostic } = options ?? {};
    if (typeof streams?.append !== "function") {
      throw invalidArgument(
        "streams",
        streams,
        "event streams, such as those of a history adapter",
      );
    }
    const { locks = createLocks(), stealAfter = 5_000 } = options;
    const { clock = clockOf(options.bus), random = Math.random } = options;
    this.#host = {
      streams,
      locks,
      lockable: lockable(locks),
      bus,
      catalog: new Catalog(streams),
      deadlines: new Deadlines(clock),
      now: () => clock.now(),
      random,
      stealAfter,
      disposed: this.#disposing.signal,
      warn(code, message, details, cause) {
        try {
          onDiagnostic?.({ type: "warning", code, message, details });
          if (onDiagnostic || cause === undefined) return;
          reportUncaught(new Error(message, { cause }), "[@pubsub-mfe/patterns]");
        } catch (error) {
          reportUncaught(error, "[@pubsub-mfe/patterns]");
        }
      },
    };
    this.#news = new News(streams);
    this.#others = new Others(this.#host, (lock) => this.#runners.has(lock));
    this.#unlisten = streams.onAppend(() => {
      for (const runner of this.#runners.values()) runner.wake();
      this.#news.look();
      this.#others.look();
    });
    this.#others.look();
    if (Symbol.dispose) this[Symbol.dispose] = () => this.dispose();
  }

  /**
   * Has this tab run the sagas of a definition, when no other one does, and go on with those that were
   * left. Register all versions of which there may be some left.
   *
   * @returns stops to run them here: a step under way is given up, and another tab goes on
   * @throws {@link PatternError} `INVALID_ARGUMENT` for what is no definition, or another one of a
   *   name and version that is registered here
   * @throws {@link SagaManagerDisposedError}
   */
  register<Input, Results>(definition: SagaDefinition<Input, Results>): Unsubscribe {
    this.#disposing.signal.throwIfAborted();
    checkDefinition(definition);
    const lock = lockOf(definition);
    const known = this.#runners.get(lock);
    if (known && known.definition !== definition) {
      const { name, version } = definition;
      throw invalidArgument(
        `The saga "${name}", version ${version},`,
        definition,
        "registered once by a manager: give other steps another version",
      );
    }
    this.#others.leave(lock);
    const runner = known ?? new Runner(definition, this.#host);
    this.#runners.set(lock, runner);
    return () => {
      if (this.#runners.get(lock) !== runner) return;
      this.#runners.delete(lock);
      runner.stop(new DOMException("The saga is no longer registered here.", "AbortError"));
      this.#others.look();
    };
  }

  /**
   * Starts a saga, or joins the one that there is with this id: two clicks, or three tabs, are one saga.
   * The tab that has the lock of the saga's name and version runs it.
   *
   * @param saga - its definition; or its name, for the highest version that is registered here
   * @param input - anything that the structured clone algorithm can copy
   * @param options - `id`: any string that is not empty, such as that of a cart
   * @returns a handle, once the beginning is stored
   * @throws {@link UnknownSagaError} (rejects) for a name of which nothing is registered here
   * @throws {@link SagaUncloneableError} (rejects) for an input that cannot be stored
   * @throws LocksUnavailableError of `@pubsub-mfe/core/locks` (rejects) where there are no Web Locks, as
   *   on a page without https: nobody could run it, and nothing is begun
   * @throws {@link SagaManagerDisposedError} (rejects)
   */
  async start<Input = Untyped, Results = Untyped>(
    saga: string | SagaDefinition<Input, Results>,
    input: NoInfer<Input>,
    options: { readonly id: string },
  ): Promise<SagaHandle<Results>> {
    this.#disposing.signal.throwIfAborted();
    const id = options?.id;
    checkId("The id of a saga", id);
    const definition = this.#definitionOf(saga);
    const isJoined = await beginOrJoin(definition, id, input, this.#host);
    return this.#handle(definition.name, id, isJoined);
  }

  /**
   * Gives a handle of a saga that was started before.
   *
   * @throws {@link UnknownSagaError} (rejects) where there is none
   */
  async join(...address: SagaAddress): Promise<SagaHandle<Untyped>> {
    const { name, id } = await this.#load(address);
    return this.#handle(name, id, true);
  }

  /** Tells how far a saga is; `undefined` where there is none. */
  async get(...address: SagaAddress): Promise<SagaState | undefined> {
    try {
      return this.#others.view(await this.#load(address));
    } catch (error) {
      if (error instanceof UnknownSagaError) return undefined;
      throw error;
    }
  }

  /** Tells how far sagas are: all, or those of a name, or in a state. `"stuck"` are the dead letters. */
  async list(
    query: { readonly name?: string | undefined; readonly status?: SagaStatus | undefined } = {},
  ): Promise<SagaState[]> {
    this.#disposing.signal.throwIfAborted();
    const { name, status } = query;
    const states = await this.#host.catalog.all(name);
    return states
      .map((state) => this.#others.view(state))
      .filter((state) => status === undefined || state.status === status);
  }

  /**
   * Looks for sagas that have not ended. What is registered is gone on with by itself: it is for those
   * who want to know what there is, after a start.
   *
   * @returns those that have not ended, wherever they are run
   */
  async resumeAll(): Promise<SagaState[]> {
    this.#disposing.signal.throwIfAborted();
    for (const runner of this.#runners.values()) runner.wake();
    this.#others.look();
    return (await this.#host.catalog.open()).map((state) => this.#others.view(state));
  }

  /**
   * Has a saga undone. The step that is under way is not waited for. Does nothing for one that is being
   * undone, or is.
   *
   * @returns settles once it is stored that it is to be undone
   * @throws {@link SagaStateError} (rejects) from when its pivot has begun, and for one that is
   *   completed or stuck
   * @throws {@link UnknownSagaError} (rejects) where there is none
   */
  cancel(...address: SagaAddress): Promise<void> {
    return this.#request(address, "cancel.requested", (state) => {
      const { name, id, status, isCancelled, steps, pivot } = state;
      if (status === "failed" || status === "compensating") return false;
      if (status === "completed") {
        throw new SagaStateError(name, id, status, "it can not be undone any more.");
      }
      if (!mayBeCancelled(state)) {
        const why = `its step "${steps[pivot]?.name}" has begun, after which there is no way back.`;
        throw new SagaStateError(name, id, status, why);
      }
      if (status === "stuck") throw new SagaStateError(name, id, status, "call retry.");
      return !isCancelled;
    });
  }

  /**
   * Has a saga that is stuck go on: with the step after the pivot, or the compensations, that failed.
   *
   * @throws {@link SagaStateError} (rejects) for one that is not stuck
   * @throws {@link UnknownSagaError} (rejects) where there is none
   */
  retry(...address: SagaAddress): Promise<void> {
    return this.#request(address, "retry.requested", ({ name, id, status }) => {
      if (status === "stuck") return true;
      throw new SagaStateError(name, id, status, "only one that is stuck can be retried.");
    });
  }

  /**
   * Deletes the journal of a saga that has ended. The same id started again is then another saga.
   *
   * @throws {@link SagaStateError} (rejects) for one that has not ended, or is stuck
   * @throws {@link UnknownSagaError} (rejects) where there is none
   */
  async forget(...address: SagaAddress): Promise<void> {
    const state = await this.#load(address);
    const { name, id, status } = state;
    if (!hasEnded(state) || status === "stuck") {
      throw new SagaStateError(name, id, status, "only one that has ended can be forgotten.");
    }
    const stream = streamOf(name, id);
    // In this order: once the journal is gone, the id may be of a new saga, whose row is to stay.
    await this.#host.catalog.forget(stream);
    await this.#host.streams.delete(stream);
  }

  /**
   * Lets go of the locks: steps under way are given up, and go on in other tabs. Handles reject with a
   * {@link SagaManagerDisposedError}. May be called more than once.
   */
  dispose(): void {
    if (this.#disposing.signal.aborted) return;
    this.#unlisten();
    this.#disposing.abort(new SagaManagerDisposedError());
    this.#runners.clear();
  }

  #handle<Results>(name: string, id: string, isJoined: boolean): SagaHandle<Results> {
    const done = follow(name, id, this.#host, this.#news);
    return handleOf(name, id, isJoined, done as Promise<SagaResult<Results>>);
  }

  #definitionOf(saga: string | SagaDefinition): SagaDefinition {
    if (typeof saga !== "string") {
      checkDefinition(saga);
      return saga;
    }
    const found = [...this.#runners.values()]
      .map(({ definition }) => definition)
      .filter(({ name }) => name === saga)
      .sort((a, b) => b.version - a.version)[0];
    if (found) return found;
    throw new UnknownSagaError(
      `No saga ${show(saga)} is registered here. Register it, or start it by its definition.`,
    );
  }

  /** Appends what somebody wants of a saga, to the journal as it was looked at. */
  async #request(
    address: SagaAddress,
    type: "cancel.requested" | "retry.requested",
    isWanted: (state: SagaState) => boolean,
  ): Promise<void> {
    const entry: Entry = { type };
    for (;;) {
      const state = await this.#load(address);
      if (!isWanted(state)) return;
      try {
        const stream = streamOf(state.name, state.id);
        return await append(this.#host.streams, stream, entry, state.revision);
      } catch (error) {
        if (!isBusError(error, "CONCURRENCY")) throw error;
      }
    }
  }

  async #load(address: SagaAddress): Promise<SagaState> {
    this.#disposing.signal.throwIfAborted();
    const [name, id] = address.length === 2 ? address : await this.#find(address[0]);
    checkId("The name of a saga", name);
    checkId("The id of a saga", id);
    const state = await load(this.#host.streams, streamOf(name, id));
    if (!state) throw goneError(name, id);
    return state;
  }

  async #find(id: string): Promise<[name: string, id: string]> {
    const [found, another] = (await this.list()).filter((state) => state.id === id);
    if (!found) throw new UnknownSagaError(`There is no saga with the id ${show(id)}.`);
    if (!another) return [found.name, id];
    throw invalidArgument("The id of a saga", id, "given with a name: sagas of several have it");
  }
}

/**
 * Makes a manager of sagas that outlive their tab; see {@link SagaManager}.
 *
 * @throws {@link PatternError} `INVALID_ARGUMENT` for what are no streams
 */
export function createSagaManager(options: SagaManagerOptions): SagaManager {
  return new SagaManager(options);
}

function checkDefinition(definition: SagaDefinition): void {
  if (typeof definition === "object" && Array.isArray(definition?.steps)) return;
  throw invalidArgument("A saga", definition, "what defineSaga gave");
}
