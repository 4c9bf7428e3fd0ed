import type { Message } from "@pubsub-mfe/core";

/** The version of the envelope below; a tab with another one is not understood. */
export const WIRE_VERSION = 1;

/** What one tab sends to the others: messages of one turn. */
export interface Envelope {
  readonly v: typeof WIRE_VERSION;
  /** Unique to the sender's attachment; its messages are numbered from 1 without holes. */
  readonly publisher: string;
  readonly clientId: string;
  /** The number of the first of the messages. */
  readonly from: number;
  readonly messages: readonly Message[];
}

/**
 * Checks what came in before any of it is used; the messages themselves are checked by the bus.
 *
 * @returns the envelope, or a sentence that says what is wrong with it
 */
export function readEnvelope(data: unknown): Envelope | string {
  const { v, publisher, clientId, from, messages } = (data ?? {}) as Record<
    keyof Envelope,
    unknown
  >;
  if (typeof v !== "number") return "it is not an envelope of this package";
  if (v !== WIRE_VERSION) {
    return `it has wire version ${v}, and this page understands ${WIRE_VERSION}; update @pubsub-mfe/cross-tab in the older of the two`;
  }
  if (typeof publisher !== "string" || typeof clientId !== "string") return "it names no sender";
  if (!Number.isSafeInteger(from) || (from as number) < 1) return "its sequence is no number";
  if (!Array.isArray(messages)) return "it carries no messages";
  return { v: WIRE_VERSION, publisher, clientId, from: from as number, messages };
}
