import type { Message } from "@pubsub-mfe/core";

/** The version of the envelopes below; a tab with another one is not understood. */
export const WIRE_VERSION = 1;
/** The most messages of one envelope. */
export const MAX_MESSAGES = 10_000;

/** How many messages one envelope names. */
export const MAX_NAMES = 1_024;

/** The last number of a message: beyond 2⁵³ one and the next are the same, and a count has no end. */
export const MAX_NUMBER: number = 2 ** 52;

/** What every envelope says of its sender. */
interface Sent {
  readonly v: typeof WIRE_VERSION;
  /** Unique to the sender's attachment; its messages are numbered from 1 without holes. */
  readonly publisher: string;
  readonly clientId: string;
}

/** Messages of one turn, or some that were asked for again. */
export interface MessagesEnvelope extends Sent {
  readonly kind: "messages";
  /** The number of the first of the messages. */
  readonly from: number;
  readonly messages: readonly Message[];
  /** The publisher that asked for them again; the others have no use for them. */
  readonly to?: string;
}

/** A tab is there, and asks how far others have come. */
export interface HelloEnvelope extends Sent {
  readonly kind: "hello";
  /** How long it has been listening, in milliseconds. */
  readonly ageMs: number;
  /** Whom it asks; all when it is left out. */
  readonly to?: string;
  /** The number of its last message; 0 before the first. */
  readonly last: number;
}

/** How far a publisher has come: without it nobody would know that the last message was lost. */
export interface DigestEnvelope extends Sent {
  readonly kind: "digest";
  /** The number of its last message; 0 before the first. */
  readonly last: number;
  /** Whom it answers. */
  readonly to?: string;
  /** In answer to a hello: the number of its last message from before that tab listened. */
  readonly base?: number;
  /** In answer to a hello: the age that it gave, by which it is known how old the answer is. */
  readonly ageMs?: number;
  /** In answer to a question for messages: the last number that was asked for. */
  readonly asked?: number;
  /** What its last messages are called, the very last one at the end. */
  readonly ids?: readonly string[];
}

/** A tab misses messages of another one. */
export interface WantedEnvelope extends Sent {
  readonly kind: "wanted";
  /** Whose messages. */
  readonly of: string;
  readonly from: number;
  readonly to: number;
  /** Whether the publisher did not answer: somebody else may have them. */
  readonly again?: boolean;
}

/** A publisher no longer has what was asked for. */
interface LostEnvelope extends Sent {
  readonly kind: "lost";
  readonly from: number;
  /** The newest that it does not have; may be beyond what was asked for. */
  readonly last: number;
  readonly to: string;
}

/** What messages are called that a publisher no longer has: so a log can be asked for them. */
interface NamesEnvelope extends Sent {
  readonly kind: "names";
  /** The number of the first. */
  readonly from: number;
  readonly ids: readonly string[];
  readonly to: string;
}

/** What one tab sends to the others. */
export type Envelope =
  | MessagesEnvelope
  | HelloEnvelope
  | DigestEnvelope
  | WantedEnvelope
  | LostEnvelope
  | NamesEnvelope;

/**
 * Checks what came in before any of it is used; the messages themselves are checked by the bus.
 *
 * @returns the envelope, or a sentence that says what is wrong with it
 */
export function readEnvelope(data: unknown): Envelope | string {
  const fields = (data ?? {}) as Readonly<Record<string, unknown>>;
  const { v, kind, publisher, clientId } = fields;
  if (typeof v !== "number") return "it is not an envelope of this package";
  if (v !== WIRE_VERSION) {
    return `it has wire version ${v}, and this page understands ${WIRE_VERSION}; update @pubsub-mfe/cross-tab in the older of the two`;
  }
  if (!isName(publisher) || !isName(clientId)) return "it names no sender";
  const { from, to, last, base, asked, of, ageMs, messages, again } = fields;
  const ids = areNames(fields.ids) ? fields.ids : undefined;
  const sent: Sent = { v, publisher, clientId };
  const addressed = typeof to === "string" ? { to } : undefined;
  switch (kind) {
    case "messages":
      if (!Array.isArray(messages)) return "it carries no messages";
      // One that says it has four thousand million places need not hold any.
      if (messages.length > MAX_MESSAGES) return `it carries more than ${MAX_MESSAGES} messages`;
      if (!isNumber(from, 1) || !isNumber(from + messages.length, 1)) {
        return "its sequence is no number";
      }
      return { ...sent, kind, from, messages, ...addressed };
    case "hello":
      if (!isAge(ageMs)) return "its age is no number";
      if (!isNumber(last, 0)) return "its end is no number";
      return { ...sent, kind, ageMs, last, ...addressed };
    case "digest":
      if (!isNumber(last, 0)) return "its end is no number";
      return {
        ...sent,
        kind,
        last,
        ...addressed,
        ...(isNumber(base, 0) && base <= last && isAge(ageMs) && { base, ageMs }),
        ...(isNumber(asked, 1) && { asked }),
        ...(ids && { ids }),
      };
    case "wanted":
      if (typeof of !== "string") return "it names no publisher";
      if (!isNumber(from, 1) || !isNumber(to, from)) return "it asks for no range";
      if (to - from >= MAX_MESSAGES) return `it asks for more than ${MAX_MESSAGES} messages`;
      return { ...sent, kind, of, from, to, again: again === true };
    case "lost":
      if (!isNumber(from, 1) || !isNumber(last, from)) return "it names no range";
      if (typeof to !== "string") return "it answers nobody";
      return { ...sent, kind, from, last, to };
    case "names":
      if (!isNumber(from, 1) || typeof to !== "string" || !ids) return "it names nothing";
      return { ...sent, kind, from, ids, to };
    default:
      return "it is of no kind that this page knows";
  }
}

function areNames(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length <= MAX_NAMES && value.every((id) => typeof id === "string")
  );
}

/** Whether a value names a tab, a load of a page or an attachment. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 256;
}

function isAge(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}

function isNumber(value: unknown, least: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= MAX_NUMBER;
}
