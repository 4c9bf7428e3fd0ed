import type { Message } from "@pubsub-mfe/core";
import { show } from "@pubsub-mfe/core/stores";

/** The error that each code comes with. */
export interface CrossTabErrorByCode {
  readonly CATCH_UP_FAILED: CrossTabError;
  readonly CROSS_TAB_MISUSED: CrossTabError;
  readonly DETACHED: CrossTabError;
  readonly ENVELOPE_REJECTED: CrossTabError;
  readonly MESSAGE_GAP: MessageGapError;
  readonly MESSAGE_NOT_CLONEABLE: UncloneableMessageError;
  readonly MESSAGE_TOO_LARGE: MessageTooLargeError;
  readonly RATE_LIMITED: CrossTabError;
  readonly OPTIONS_DIFFER: CrossTabError;
  readonly REPAIR_FAILED: CrossTabError;
  readonly RESIGNED: CrossTabError;
  readonly MESSAGES_DROPPED: CrossTabError;
  readonly ORIGIN_REFUSED: CrossTabError;
  readonly PEER_DISPOSED: CrossTabError;
  readonly PEER_REPLACED: CrossTabError;
  readonly PEER_UNREACHABLE: CrossTabError;
  readonly SEND_FAILED: CrossTabError;
  readonly TRANSPORT_UNAVAILABLE: CrossTabError;
}

/** What went wrong, for programs to compare. */
export type CrossTabErrorCode = keyof CrossTabErrorByCode;

const BRAND = Symbol.for("@pubsub-mfe/cross-tab.error");

/** Base class of every error of a link between tabs. */
export class CrossTabError extends Error {
  override readonly name: string = "CrossTabError";
  readonly code: CrossTabErrorCode;

  constructor(code: CrossTabErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** @param reason - what is wrong with the envelope, as a sentence goes on */
export function envelopeRejected(reason: string): CrossTabError {
  return new CrossTabError("ENVELOPE_REJECTED", `What another tab sent was refused: ${reason}.`);
}

/** A message holds something that the structured clone algorithm cannot copy. */
export class UncloneableMessageError extends CrossTabError {
  override readonly name = "UncloneableMessageError";
  readonly topic: string;
  readonly messageId: string;
  /** Where in the message, for example `payload.onClick`. */
  readonly field: string;

  constructor(
    topic: string,
    messageId: string,
    field: string,
    cause: unknown,
    to = "other tabs",
    why = "cannot be cloned",
  ) {
    super(
      "MESSAGE_NOT_CLONEABLE",
      `A message of "${topic}" was not sent to ${to}: ${field} ${why}. Publish plain data, or keep the message in the page with { scope: "page" }.`,
      { cause },
    );
    this.topic = topic;
    this.messageId = messageId;
    this.field = field;
  }
}

/** A message is larger than `maxMessageSize`: it was not sent, or not delivered. */
export class MessageTooLargeError extends CrossTabError {
  override readonly name = "MessageTooLargeError";
  readonly topic: string;
  readonly messageId: string;
  /** In bytes, estimated; of what is more than 16 times too large not all is counted. */
  readonly size: number;
  readonly maxMessageSize: number;
  /** The tab that it came from; `undefined` for one of this page. */
  readonly clientId: string | undefined;

  constructor({ topic, id }: Message, size: number, maxMessageSize: number, clientId?: string) {
    const what = clientId === undefined ? "was not sent" : `of tab ${clientId} was dropped`;
    super(
      "MESSAGE_TOO_LARGE",
      `A message of ${show(topic)} ${what}: it has about ${size} bytes, and maxMessageSize is ${maxMessageSize}. Publish less, or raise it in all tabs.`,
    );
    this.topic = topic;
    this.messageId = id;
    this.size = size;
    this.maxMessageSize = maxMessageSize;
    this.clientId = clientId;
  }
}

/** Messages of another tab did not arrive here, and could not be had again in time. */
export class MessageGapError extends CrossTabError {
  override readonly name = "MessageGapError";
  /** The `clientId` of the tab that sent them. */
  readonly clientId: string;
  /** That tab's name on the wire, anew each time it attaches. */
  readonly publisher: string;
  /** The numbers that it had given to the first and the last of them. */
  readonly range: readonly [first: number, last: number];
  readonly count: number;

  constructor(clientId: string, publisher: string, range: readonly [first: number, last: number]) {
    const [first, last] = range;
    const count = last - first + 1;
    super(
      "MESSAGE_GAP",
      `${count} messages of tab ${clientId} are missing here, from its number ${first} to ${last}.`,
    );
    this.clientId = clientId;
    this.publisher = publisher;
    this.range = range;
    this.count = count;
  }
}

/**
 * Tells whether a value is an error of a link between tabs, also of another copy of this package,
 * whose classes `instanceof` does not know.
 *
 * @param code - only errors with this code; the type is then that of its class
 */
export function isCrossTabError<Code extends CrossTabErrorCode = CrossTabErrorCode>(
  error: unknown,
  code?: Code,
): error is CrossTabErrorByCode[Code] {
  if (typeof error !== "object" || error === null) return false;
  return BRAND in error && (code === undefined || ("code" in error && error.code === code));
}
