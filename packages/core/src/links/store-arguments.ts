import { checkChoice, checkFunction, invalidArgument } from "../arguments.js";
import { InvalidArgumentError } from "../errors.js";
import { show } from "../show.js";
import { assertTopic } from "../topics/syntax.js";
import type { LogQuery, LogSubscribeOptions } from "./event-log.js";
import type { AppendOptions, NewEvent, StreamQuery } from "./event-streams.js";
import { findUncloneable } from "./find-uncloneable.js";

/**
 * A name: any string that is not empty.
 *
 * @param subject - begins the sentence of the error, such as `The name of a stream`
 */
export function checkName(subject: string, value: unknown): void {
  if (typeof value === "string" && value !== "") return;
  throw invalidArgument(subject, value, "a non-empty string");
}

/** A number of things: whole, or `Infinity`. */
export function checkCount(subject: string, value: number | undefined): void {
  if (value === undefined || value === Number.POSITIVE_INFINITY) return;
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw invalidArgument(subject, value, "a whole number of 0 or more");
}

/** A time, or a bound of versions: any number that can be compared. */
export function checkBound(subject: string, value: number | undefined): void {
  if (value === undefined || (typeof value === "number" && !Number.isNaN(value))) return;
  throw invalidArgument(subject, value, "a number");
}

/** Options where any are given. */
export function checkOptions(value: unknown): void {
  if (typeof value === "object" && value !== null) return;
  throw new InvalidArgumentError(`The options are ${show(value)}: they must be an object.`);
}

/** Everything of a query but its positions, which only the store itself knows. */
export function checkLogQuery(query: LogQuery): void {
  checkOptions(query);
  const { fromTime, toTime, limit, order, where } = query;
  checkBound("fromTime", fromTime);
  checkBound("toTime", toTime);
  checkCount("limit", limit);
  checkChoice("order", order, ["asc", "desc"]);
  if (where !== undefined) checkFunction("where", where);
}

/** A filter cannot wait: what it returns counts as it is. */
export function isWanted<T>(where: ((value: T) => unknown) | undefined, value: T): boolean {
  if (where === undefined) return true;
  const wanted = where(value);
  if (typeof (wanted as { then?: unknown } | null | undefined)?.then !== "function")
    return Boolean(wanted);
  throw new InvalidArgumentError(
    "where returned a promise, which would let every message through: it must return at once. Filter inside the loop what has to be waited for.",
  );
}

/** Everything of a subscription but its position, which only the store itself knows. */
export function checkLogSubscription(handler: unknown, options: LogSubscribeOptions): void {
  checkFunction("The handler", handler);
  checkOptions(options);
  const { from } = options;
  if (from === undefined || from === "start" || from === "live") return;
  const { position, time } = (from ?? {}) as { position?: unknown; time?: number };
  checkBound("from.time", time);
  if (position === undefined && time === undefined) {
    throw invalidArgument("from", from, '"start", "live", { position } or { time }');
  }
}

/** Everything of a query of one stream. */
export function checkStreamQuery(stream: string, query: StreamQuery): void {
  checkName("The name of a stream", stream);
  checkOptions(query);
  const { fromVersion, toVersion, untilTime, direction, limit } = query;
  checkBound("fromVersion", fromVersion);
  checkBound("toVersion", toVersion);
  checkBound("untilTime", untilTime);
  checkChoice("direction", direction, ["forward", "backward"]);
  checkCount("limit", limit);
}

/** The name of a stream, and the options of an append to it. */
export function checkAppend(stream: string, options: AppendOptions): void {
  checkName("The name of a stream", stream);
  checkOptions(options);
  const { expectedVersion = "any", commandId, fence } = options;
  if (expectedVersion !== "any" && expectedVersion !== "none") {
    if (!Number.isSafeInteger(expectedVersion) || expectedVersion < 0) {
      const rule = 'a whole number of 0 or more, "none" or "any"';
      throw invalidArgument("expectedVersion", expectedVersion, rule);
    }
  }
  if (commandId !== undefined) checkName("commandId", commandId);
  if (fence === undefined) return;
  checkName("The name of a fence", fence.name);
  if (!Number.isSafeInteger(fence.epoch)) {
    throw new InvalidArgumentError(
      `The epoch of the fence ${show(fence.name)} is ${show(fence.epoch)}: it must be a whole number, such as Locks give.`,
    );
  }
}

/**
 * Copies events that are to be appended, so that what is done to them afterwards is not stored.
 *
 * @throws {@link InvalidTopicError} for a type that is no topic
 * @throws {@link InvalidArgumentError} for what cannot be cloned
 */
export function copyEvents(events: readonly NewEvent[]): NewEvent[] {
  if (!Array.isArray(events)) {
    throw new InvalidArgumentError(`The events are ${show(events)}: they must be an array.`);
  }
  return events.map((event: NewEvent) => {
    if (typeof event !== "object" || event === null) {
      throw invalidArgument("An event", event, "an object with a type and a payload");
    }
    const { type, payload, meta } = event;
    assertTopic(type);
    if (meta !== undefined && (typeof meta !== "object" || meta === null)) {
      throw new InvalidArgumentError(
        `The meta of the event ${show(type)} is ${show(meta)}: it must be an object.`,
      );
    }
    const subject = `The event ${show(type)}`;
    return copyValue(subject, { type, payload, ...(meta !== undefined && { meta }) });
  });
}

/**
 * Copies a value as a database would.
 *
 * @param subject - whose it is, for the sentence about what cannot be copied
 */
export function copyValue<T>(subject: string, value: T): T {
  try {
    return structuredClone(value);
  } catch {
    const path = findUncloneable(value);
    throw new InvalidArgumentError(
      `${subject} cannot be stored: ${path ? `its ${path}` : "it"} is nothing that the structured clone algorithm can copy. Leave it out, or store data that stands for it.`,
    );
  }
}
