import { invalidArgument } from "./arguments.js";
import { InvalidMessageError } from "./errors.js";
import { show } from "./show.js";
import { isTopic } from "./topics/syntax.js";
import type { Message, MessageMeta, PublishOptions } from "./types.js";

/** The ids of links are remembered: a long one would cost memory. */
const MAX_ID_LENGTH = 256;

/** On a message that stays in the page: a symbol, so that every copy of the page knows it. */
const STAYS = Symbol.for("@pubsub-mfe/stays");

const IN_PAGE = { value: true };

/** Whether a message may leave the page. */
export function mayLeave(message: Message): boolean {
  return !(STAYS in message);
}

/** What an envelope is made of; keys that are absent here are absent there. */
interface Fields<T> {
  id: string;
  topic: string;
  ts: number;
  payload: T;
  schemaVersion?: string;
  meta?: MessageMeta;
}

/**
 * Not by a literal: once V8 has seen enough objects of one outlive their turn, it puts all of them
 * into the old generation, which costs ten times as much.
 */
function createFields<T>(id: string, topic: string, ts: number, payload: T): Fields<T> {
  const fields = {} as Fields<T>;
  fields.id = id;
  fields.topic = topic;
  fields.ts = ts;
  fields.payload = payload;
  return fields;
}

/** Makes the envelope of a message that is published here. The only place that does. */
export function createMessage<T>(
  id: string,
  topic: string,
  ts: number,
  payload: T,
  options: PublishOptions | undefined,
): Message<T> {
  const message = createFields(id, topic, ts, payload);
  if (!options) return Object.freeze(message);
  const { source, correlationId, schemaVersion, cause } = options;
  assertOptions(options);
  if (schemaVersion !== undefined) message.schemaVersion = schemaVersion;
  if ((options.meta ?? source ?? correlationId ?? cause) !== undefined) {
    const meta: { source?: string; correlationId?: string } = {
      ...(cause && inherit(cause)),
      ...options.meta,
    };
    if (source !== undefined) meta.source = source;
    if (correlationId !== undefined) meta.correlationId = correlationId;
    message.meta = Object.freeze(meta);
  }
  if (options.scope === "page") Object.defineProperty(message, STAYS, IN_PAGE);
  return Object.freeze(message);
}

/** What other tabs would refuse is refused here, where somebody can mend it. */
function assertOptions(options: PublishOptions): void {
  for (const key of ["source", "correlationId", "schemaVersion"] as const) {
    const value = options[key];
    if (value !== undefined && typeof value !== "string") {
      throw invalidArgument(key, value, "a string");
    }
  }
  const { meta, cause, scope } = options;
  if (meta !== undefined && !isRecord(meta)) throw invalidArgument("meta", meta, "an object");
  if (cause !== undefined && typeof cause?.id !== "string") {
    throw invalidArgument("cause", cause, "a message, as a handler got it");
  }
  if (scope !== undefined && scope !== "page") {
    throw invalidArgument("scope", scope, '"page". To publish everywhere leave it out');
  }
}

/** What a message takes over from the one that it follows from. */
function inherit({ id, meta }: Message): Record<string, unknown> {
  const inherited: Record<string, unknown> = { causationId: id };
  for (const key of ["correlationId", "traceparent"]) {
    if (meta?.[key] !== undefined) inherited[key] = meta[key];
  }
  return inherited;
}

/**
 * Makes an envelope of what came from elsewhere, from its known fields alone.
 *
 * @throws {@link InvalidMessageError} when a field is missing or of the wrong type
 */
export function adoptMessage(value: unknown): Message {
  if (typeof value !== "object" || value === null) {
    throw new InvalidMessageError(`${show(value)} is not a message: pass an object.`);
  }
  const { id, topic, ts, payload, schemaVersion, meta } = value as Record<keyof Message, unknown>;
  if (typeof id !== "string" || id === "" || id.length > MAX_ID_LENGTH) {
    throw wrong("id", id, `a string of 1 to ${MAX_ID_LENGTH} characters`);
  }
  if (!isTopic(topic)) throw wrong("topic", topic, "a topic like cart.item.added");
  if (typeof ts !== "number" || !Number.isFinite(ts)) {
    throw wrong("ts", ts, "a time in milliseconds since the epoch");
  }
  const message = createFields(id, topic, ts, payload);
  if (schemaVersion !== undefined) {
    if (typeof schemaVersion !== "string") throw wrong("schemaVersion", schemaVersion, "a string");
    message.schemaVersion = schemaVersion;
  }
  if (meta !== undefined) {
    if (!isRecord(meta)) throw wrong("meta", meta, "an object");
    message.meta = Object.freeze({ ...meta });
  }
  return Object.freeze(message);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(field: string, value: unknown, rule: string): InvalidMessageError {
  return new InvalidMessageError(`Not a message: its ${field} is ${show(value)}, not ${rule}.`);
}
