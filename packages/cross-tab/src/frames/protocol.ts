// What two peers say to each other:
//
//   host                                  guest
//        ── call ──────────────────────▶         somebody is here (also when the guest was first)
//        ◀────────────────────── hello ──        again and again, until it is accepted
//        ── accept, with a port ───────▶         of this hello, to the expected origin alone
//        ◀═══════════════════════ open ══        over the port, as all that follows; who it is
//        ◀════════════════════ messages ═▶
//        ◀═══════════════════════ close ═▶
//
// Call and hello may be read by anybody, and hold no more than a random name. The port was handed to
// one window of one origin. A hello with another nonce is that of another document, or of one that starts again.
import type { Message } from "@pubsub-mfe/core";

/** The version of all that is below; a peer with another one is not understood. */
const PEER_VERSION = 1;

/** Tells these messages from others that windows and workers get. */
const MARK = "@pubsub-mfe/cross-tab:peer";
const LONGEST_NAME = 256;
/** More than any sender puts into one; an array without end is cheap to send. */
const MOST_MESSAGES = 1_000;

/** What goes between windows, or a worker and who started it. */
export type Knock =
  | { readonly type: "call" }
  | { readonly type: "hello"; readonly nonce: string }
  | { readonly type: "accept"; readonly nonce: string; readonly clientId: string };

/** What goes over the port. */
export type PortMessage =
  | { readonly type: "open"; readonly nonce: string; readonly clientId: string }
  | { readonly type: "messages"; readonly messages: readonly Message[] }
  | { readonly type: "close"; readonly reason: CloseReason };

/** `replaced`: another bus of the same window took its place. */
export type CloseReason = "disposed" | "left" | "replaced";

const UNNAMED = "it names no sender";
const REASONS: readonly unknown[] = ["disposed", "left", "replaced"];

/** Makes of a knock what is posted. */
export function sealKnock(knock: Knock): object {
  return { mark: MARK, v: PEER_VERSION, ...knock };
}

/**
 * Reads what a window or a worker got.
 *
 * @returns the knock; a sentence that says what is wrong with it; `undefined` for what is not meant
 *   for this package
 */
export function readKnock(data: unknown): Knock | string | undefined {
  const { mark, v, type, nonce, clientId } = fieldsOf(data);
  if (mark !== MARK) return undefined;
  if (v !== PEER_VERSION) {
    return typeof v === "number"
      ? `it has wire version ${v}, and this side understands ${PEER_VERSION}; update @pubsub-mfe/cross-tab in the older of the two`
      : "it has no wire version";
  }
  if (type === "call") return { type };
  if (type === "hello") return isName(nonce) ? { type, nonce } : UNNAMED;
  if (type !== "accept") return "it is no part of a handshake";
  return isName(nonce) && isName(clientId) ? { type, nonce, clientId } : UNNAMED;
}

/** @returns what came over the port, or a sentence that says what is wrong with it */
export function readPortMessage(data: unknown): PortMessage | string {
  const { type, nonce, clientId, messages, reason } = fieldsOf(data);
  if (type === "open") {
    return isName(nonce) && isName(clientId) ? { type, nonce, clientId } : UNNAMED;
  }
  if (type === "close") {
    return REASONS.includes(reason)
      ? { type, reason: reason as CloseReason }
      : "it closes for no reason";
  }
  if (type !== "messages") return "it is not an envelope of this package";
  if (!Array.isArray(messages)) return "it carries no messages";
  if (messages.length > MOST_MESSAGES) return `it carries more than ${MOST_MESSAGES} messages`;
  return { type, messages };
}

/** None of what is no object. */
function fieldsOf(data: unknown): Record<string, unknown> {
  return (data ?? {}) as Record<string, unknown>;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= LONGEST_NAME;
}
