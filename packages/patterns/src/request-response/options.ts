import type { Clock, Message, StandardSchema } from "@pubsub-mfe/core";
import type { WebLocks } from "@pubsub-mfe/core/locks";
import { checkTimeout } from "../shared/deadlines.js";
import { invalidArgument } from "../shared/pattern-error.js";
import type { PatternWarning } from "../shared/warning.js";

/** Options of {@link RequestResponse}. */
export interface RequestResponseOptions {
  /**
   * The source of time.
   *
   * @defaultValue that of the bus
   */
  readonly clock?: Clock | undefined;
  /**
   * The locks by which an asker learns that the tab has gone which ran its request; without them it
   * learns by its timeout.
   *
   * @defaultValue `navigator.locks`
   */
  readonly locks?: WebLocks | undefined;
  /**
   * Sends the stack along with what a handler threw, for those who debug: it tells of sources.
   *
   * @defaultValue `false`
   */
  readonly includeStack?: boolean | undefined;
  /** Receives what nobody gets as an error, such as a request that is none. */
  readonly onDiagnostic?: ((warning: PatternWarning) => void) | undefined;
}

/** Options of {@link RequestResponse.request}. */
export interface RequestOptions {
  /**
   * How long to wait for the answer, in milliseconds; `Infinity` waits for ever.
   *
   * @defaultValue `5_000`
   */
  readonly timeout?: number | undefined;
  /**
   * Gives the request up when it aborts: the promise rejects with its reason, and the handler's
   * `ctx.signal` aborts. Already aborted: nobody is asked.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * `"tabs"`: asks every tab that the bus is linked to, this one included; exactly one runs it.
   *
   * @defaultValue the page alone
   */
  readonly scope?: "tabs" | undefined;
  /**
   * Names what the request is to bring about. A handler runs requests of one key once, and gives all
   * of them that answer; of one that failed the next runs again. It remembers its last 1,000 keys, and
   * refuses one that comes with other params.
   */
  readonly idempotencyKey?: string | undefined;
  /**
   * How long to wait for a handler to appear, in milliseconds, as for a microfrontend that is still
   * loading. `timeout` counts from then on.
   *
   * @defaultValue `0`
   */
  readonly waitForHandler?: number | undefined;
  /**
   * Over tabs: how long to wait for one to take the request, in milliseconds.
   *
   * @defaultValue `250`
   */
  readonly claimWithin?: number | undefined;
  /** Receives what the handler says of how far it is. */
  readonly onProgress?: ((value: unknown) => void) | undefined;
}

/** What a handler is given beside the params. */
export interface HandlerContext {
  /** Aborts when the asker gave up: its signal, its timeout, or its end. */
  readonly signal: AbortSignal;
  /** Tells the asker how far it is; costs nothing where that does not listen. */
  readonly progress: (value: unknown) => void;
  /** The request, as it was published. */
  readonly message: Message;
}

/** Options of {@link RequestResponse.handle}. */
export interface HandleOptions {
  /**
   * What is done about other handlers of the method on the page. `"throw"`: nothing, it is an error.
   * `"replace"`: they end, and finish what they run. `"compete"`: each request goes to one of them, the
   * one with the least to do.
   *
   * @defaultValue `"throw"`
   */
  readonly onConflict?: "throw" | "replace" | "compete" | undefined;
  /**
   * How many requests it runs at the same time.
   *
   * @defaultValue `Infinity`
   */
  readonly concurrency?: number | undefined;
  /**
   * How many more may wait; one too many is refused with a {@link QueueFullError}.
   *
   * @defaultValue `1_000`
   */
  readonly queue?: number | undefined;
  /** What params must be; the handler gets what the schema makes of them. */
  readonly params?: StandardSchema<Any> | undefined;
  /** What the result must be; the asker gets what the schema makes of it. */
  readonly result?: StandardSchema<Any> | undefined;
  /** Ends the handling when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: schemas of whatever input
type Any = any;

/** The options of a request, with what holds where nothing is said. */
export interface CheckedOptions extends RequestOptions {
  readonly timeout: number;
  readonly waitForHandler: number;
  readonly claimWithin: number;
}

const DEFAULTS: CheckedOptions = { timeout: 5_000, waitForHandler: 0, claimWithin: 250 };

/** @throws {@link PatternError} `INVALID_ARGUMENT` */
export function checkRequestOptions(given: number | RequestOptions | undefined): CheckedOptions {
  if (given === undefined) return DEFAULTS;
  if (typeof given === "number") {
    checkTimeout("The timeout", given);
    return { ...DEFAULTS, timeout: given };
  }
  if (typeof given !== "object" || given === null) {
    throw invalidArgument(
      "The third argument of request",
      given,
      "a timeout in milliseconds, or an object of options",
    );
  }
  const checked = { ...DEFAULTS };
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined) Object.assign(checked, { [key]: value });
  }
  checkTimeout("The timeout", checked.timeout);
  checkTimeout("waitForHandler", checked.waitForHandler);
  checkTimeout("claimWithin", checked.claimWithin);
  if (checked.claimWithin === 0) throw invalidArgument("claimWithin", 0, "above 0 milliseconds");
  const { scope, idempotencyKey, onProgress, signal } = checked;
  if (scope !== undefined && scope !== "tabs") {
    throw invalidArgument("scope", scope, '"tabs", or left out for the page alone');
  }
  if (idempotencyKey !== undefined && (typeof idempotencyKey !== "string" || !idempotencyKey)) {
    throw invalidArgument("idempotencyKey", idempotencyKey, "a string that is not empty");
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw invalidArgument("onProgress", onProgress, "a function");
  }
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw invalidArgument("signal", signal, "an AbortSignal");
  }
  return checked;
}

/** @throws {@link PatternError} `INVALID_ARGUMENT` */
export function checkHandleOptions(handler: unknown, options: HandleOptions): void {
  if (typeof handler !== "function") throw invalidArgument("The handler", handler, "a function");
  const { onConflict = "throw", concurrency = 1, queue = 0, signal } = options;
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw invalidArgument("signal", signal, "an AbortSignal");
  }
  if (!["throw", "replace", "compete"].includes(onConflict)) {
    throw invalidArgument("onConflict", onConflict, '"throw", "replace" or "compete"');
  }
  checkCount("concurrency", concurrency, 1);
  checkCount("queue", queue, 0);
  for (const key of ["params", "result"] as const) {
    const schema = options[key];
    if (schema !== undefined && typeof schema?.["~standard"]?.validate !== "function") {
      throw invalidArgument(key, schema, "a schema of a library that implements Standard Schema");
    }
  }
}

function checkCount(subject: string, value: number, least: number): void {
  if (value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= least)) return;
  throw invalidArgument(subject, value, `a whole number, ${least} or more, or Infinity`);
}
