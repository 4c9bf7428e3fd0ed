/// <reference lib="esnext.disposable" preserve="true" />
import {
  type Clock,
  type EventPosition,
  matchTopic,
  type Unsubscribe,
  type Untyped,
} from "@pubsub-mfe/core";
import { clockOf } from "@pubsub-mfe/core/stores";
import type { Calling, HandlerOf, MethodOf } from "../request-response/contract.js";
import { InvalidMethodError, NoHandlerError } from "../request-response/errors.js";
import { IN_PAGE, type PatternBus } from "../shared/pattern-bus.js";
import { invalidArgument } from "../shared/pattern-error.js";
import { publishAsk } from "../shared/publish.js";
import { Asking, type AskOptions } from "./asking.js";
import { CqrsDisposedError } from "./errors.js";
import { type Awaitable, type CqrsContext, type CqrsHandler, Handling } from "./handling.js";
import { answererTopic } from "./wire.js";

/** What {@link Cqrs} works with. */
export interface CqrsConfig {
  /** Carries commands. */
  readonly commandBus: PatternBus;
  /** Carries queries; may be the same. */
  readonly queryBus: PatternBus;
  /** Carries what comes of both; may be the same as well. */
  readonly eventBus: PatternBus;
  /**
   * The source of time.
   *
   * @defaultValue that of the bus for events
   */
  readonly clock?: Clock | undefined;
}

/** Options of {@link Cqrs.sendCommand}. */
export interface CommandOptions extends AskOptions {
  /**
   * Names what the command is to bring about, for its handler to tell a command that is sent twice.
   *
   * @defaultValue the id of the message
   */
  readonly commandId?: string | undefined;
}

/** Options of {@link Cqrs.executeQuery}. */
export interface QueryOptions extends AskOptions {
  /**
   * Answers from what is known once this event has been seen, so that one reads what one wrote: the
   * `position` of an append. The query's handler must name the projection that it reads.
   */
  readonly after?: EventPosition | undefined;
}

/** Options of {@link Cqrs.query}. */
export interface QueryHandlerOptions {
  /** What the handler reads: queries that are asked `after` a position wait until it is that far. */
  readonly projection?: Awaitable | undefined;
}

/**
 * Commands that change, and queries that read, each over a bus: who sends one gets what came of it.
 *
 * @remarks
 * A type is the topic that a command or query is published under, in the page. Its answer is
 * published on the bus for events under `<type>.result.<correlationId>`: the bare result, with
 * `meta.status` and, of a failure, `meta.failure`. Handlers that only follow this convention, and
 * know nothing of this class, work beside it.
 *
 * @typeParam Commands - the commands as functions by type; without it any will do
 * @typeParam Queries - the queries as functions by type; without it any will do
 *
 * @example
 * ```ts
 * const cqrs = new Cqrs({ commandBus, queryBus, eventBus });
 * cqrs.command("commands.order.create", ({ orderId, items }, { commandId }) =>
 *   orders.execute(orderId, { type: "create", items }, { commandId }),
 * );
 * cqrs.query("queries.order.get", ({ orderId }) => summary.get(orderId), { projection: summary });
 *
 * const { position } = await cqrs.sendCommand("commands.order.create", order);
 * await cqrs.executeQuery("queries.order.get", { orderId }, { after: position });
 * ```
 */
export class Cqrs<Commands = Untyped, Queries = Untyped> {
  /** As `dispose`, where the platform knows of it. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #config: CqrsConfig;
  readonly #commands: Asking;
  readonly #queries: Asking;
  readonly #handlings = new Set<Handling>();
  #isDisposed = false;

  /** @throws {@link PatternError} `INVALID_ARGUMENT` for what is no bus */
  constructor(config: CqrsConfig) {
    for (const name of ["commandBus", "queryBus", "eventBus"] as const) {
      if (typeof config?.[name]?.publish !== "function") {
        throw invalidArgument(name, config?.[name], "a bus, or a scope of one");
      }
    }
    this.#config = config;
    const { eventBus, clock = clockOf(eventBus) } = config;
    this.sendCommand = this.#sendCommand.bind(this) as Calling<Commands, CommandOptions>;
    this.executeQuery = this.#executeQuery.bind(this) as Calling<Queries, QueryOptions>;
    this.#commands = new Asking(config.commandBus, eventBus, clock);
    this.#queries = new Asking(config.queryBus, eventBus, clock);
    if (Symbol.dispose) this[Symbol.dispose] = () => this.dispose();
  }

  /**
   * Handles commands of a type. What the handler returns, or its promise, is what the sender gets, and
   * what it throws is thrown there.
   *
   * @param handler - receives the payload and a {@link CqrsContext}
   * @returns ends the handling
   * @throws {@link DuplicateCqrsHandlerError} when the type has a handler on this page already
   * @throws {@link InvalidMethodError} for a pattern: each type is handled by its name
   */
  command<Type extends MethodOf<Commands>>(
    type: Type,
    handler: HandlerOf<Commands, Type, CqrsContext>,
  ): Unsubscribe {
    return this.#handle(type, this.#config.commandBus, handler as CqrsHandler);
  }

  /**
   * Handles queries of a type, as {@link Cqrs.command} does commands.
   *
   * @returns ends the handling
   * @throws {@link DuplicateCqrsHandlerError} when the type has a handler on this page already
   * @throws {@link InvalidMethodError} for a pattern: each type is handled by its name
   */
  query<Type extends MethodOf<Queries>>(
    type: Type,
    handler: HandlerOf<Queries, Type, CqrsContext>,
    options: QueryHandlerOptions = {},
  ): Unsubscribe {
    const { queryBus } = this.#config;
    return this.#handle(type, queryBus, handler as CqrsHandler, options.projection);
  }

  /**
   * Sends a command, and waits for what comes of it: `sendCommand(type, payload?, options?)`, where the
   * type is the topic of the command, like `commands.order.create`.
   *
   * @returns what its handler returned; `undefined`, at once, where only plain subscribers listen, who
   *   do not say what came of it
   * @throws whatever the handler threw (rejects)
   * @throws {@link NoHandlerError} (rejects) when nobody on this page handles it
   * @throws {@link RequestTimeoutError} (rejects) when nothing came of it in time
   * @throws {@link CqrsDisposedError} (rejects) when this object is disposed meanwhile, or was
   */
  readonly sendCommand: Calling<Commands, CommandOptions>;

  /**
   * Asks a query, and waits for its result: `executeQuery(type, payload?, options?)`, where the type is
   * the topic of the query, like `queries.order.get`.
   *
   * @returns what its handler returned, or what a plain one published under the topic of the result
   * @throws whatever the handler threw (rejects)
   * @throws {@link NoHandlerError} (rejects) when nobody on this page handles it
   * @throws {@link RequestTimeoutError} (rejects) when no result came in time
   * @throws {@link CqrsDisposedError} (rejects) when this object is disposed meanwhile, or was
   */
  readonly executeQuery: Calling<Queries, QueryOptions>;

  /** Gives up what is open, and ends its handlers, telling those who wait. May be called more than once. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const error = new CqrsDisposedError();
    this.#commands.giveUp(error);
    this.#queries.giveUp(error);
    for (const handling of this.#handlings) handling.dispose(error);
    this.#handlings.clear();
  }

  async #sendCommand(
    type: string,
    payload?: unknown,
    options: CommandOptions = {},
  ): Promise<unknown> {
    this.#assertAlive();
    const { commandBus } = this.#config;
    const { commandId } = options;
    if (commandId !== undefined && (typeof commandId !== "string" || commandId === "")) {
      throw invalidArgument("commandId", commandId, "a string that is not empty");
    }
    const meta = commandId === undefined ? {} : { commandId };
    if (commandBus.handlerCount?.(answererTopic(type)) !== 0) {
      return this.#commands.ask(type, payload, options, meta);
    }
    options.signal?.throwIfAborted();
    matchTopic(type, type);
    if (commandBus.handlerCount(type) === 0) throw new NoHandlerError(type);
    publishAsk(commandBus, type, payload, { ...IN_PAGE, meta });
    return undefined;
  }

  async #executeQuery(
    type: string,
    payload?: unknown,
    options: QueryOptions = {},
  ): Promise<unknown> {
    const meta = options.after === undefined ? {} : { after: options.after };
    this.#assertAlive();
    return this.#queries.ask(type, payload, options, meta);
  }

  #handle(
    type: string,
    bus: PatternBus,
    handler: CqrsHandler,
    projection?: Awaitable,
  ): Unsubscribe {
    this.#assertAlive();
    if (/[+#]/.test(type)) throw new InvalidMethodError(type);
    if (typeof handler !== "function") {
      throw invalidArgument(`The handler of "${type}"`, handler, "a function");
    }
    if (projection !== undefined && typeof projection?.waitFor !== "function") {
      throw invalidArgument("projection", projection, "a projection, which can be waited for");
    }
    const handling = new Handling(type, bus, this.#config.eventBus, handler, projection);
    this.#handlings.add(handling);
    return () => {
      handling.stop();
      // What it is at work on ends with this object.
      if (handling.isIdle) this.#handlings.delete(handling);
    };
  }

  #assertAlive(): void {
    if (this.#isDisposed) throw new CqrsDisposedError();
  }
}
