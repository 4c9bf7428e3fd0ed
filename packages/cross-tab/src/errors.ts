/** What went wrong, for programs to compare; see the errors that carry it. */
export type CrossTabErrorCode =
  | "CROSS_TAB_MISUSED"
  | "ENVELOPE_REJECTED"
  | "MESSAGE_GAP"
  | "MESSAGE_NOT_CLONEABLE"
  | "SEND_FAILED"
  | "TRANSPORT_UNAVAILABLE";

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

/** A message holds something that the structured clone algorithm cannot copy. */
export class UncloneableMessageError extends CrossTabError {
  override readonly name = "UncloneableMessageError";
  readonly topic: string;
  readonly messageId: string;
  /** Where in the message, for example `payload.onClick`. */
  readonly field: string;

  constructor(topic: string, messageId: string, field: string, cause: unknown) {
    super(
      "MESSAGE_NOT_CLONEABLE",
      `A message of "${topic}" was not sent to other tabs: ${field} cannot be cloned. Publish plain data, or keep the message in the page with { scope: "page" }.`,
      { cause },
    );
    this.topic = topic;
    this.messageId = messageId;
    this.field = field;
  }
}

/** Messages of another tab did not arrive here. */
export class MessageGapError extends CrossTabError {
  override readonly name = "MessageGapError";
  /** The `clientId` of the tab that sent them. */
  readonly clientId: string;
  readonly count: number;

  constructor(clientId: string, count: number) {
    super("MESSAGE_GAP", `${count} messages of tab ${clientId} are missing here.`);
    this.clientId = clientId;
    this.count = count;
  }
}

/**
 * Tells whether a value is an error of a link between tabs, also of another copy of this package,
 * whose classes `instanceof` does not know.
 *
 * @param code - only errors with this code
 */
export function isCrossTabError(error: unknown, code?: CrossTabErrorCode): error is CrossTabError {
  if (typeof error !== "object" || error === null) return false;
  return BRAND in error && (code === undefined || ("code" in error && error.code === code));
}
