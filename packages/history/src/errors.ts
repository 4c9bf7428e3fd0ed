import type { Message } from "@pubsub-mfe/core";
import { counted, withoutFullStop } from "./wording.js";

/** The error that each code comes with. */
export interface HistoryErrorByCode {
  readonly HISTORY_HANDLER_FAILED: LogHandlerError;
  readonly HISTORY_MISUSED: HistoryError;
  readonly HISTORY_UNAVAILABLE: HistoryUnavailableError;
  readonly HISTORY_WRITE_FAILED: HistoryWriteError;
  readonly MESSAGE_NOT_CLONEABLE: UncloneableMessageError;
}

/** What went wrong, for programs to compare. */
export type HistoryErrorCode = keyof HistoryErrorByCode;

const BRAND = Symbol.for("@pubsub-mfe/history.error");

/** Base class of every error of a log. */
export class HistoryError extends Error {
  override readonly name: string = "HistoryError";
  readonly code: HistoryErrorCode;

  constructor(code: HistoryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** The database cannot be opened. */
export class HistoryUnavailableError extends HistoryError {
  override readonly name = "HistoryUnavailableError";
  readonly dbName: string;
  /**
   * Whether there is one, but of something else or of a newer version of this package: it is left
   * untouched.
   */
  readonly refused: boolean;

  constructor(dbName: string, reason: string, options: ErrorOptions & { refused?: boolean } = {}) {
    super("HISTORY_UNAVAILABLE", `The database "${dbName}" cannot be opened: ${reason}`, options);
    this.dbName = dbName;
    this.refused = options.refused ?? false;
  }
}

/** Messages are not stored. */
export class HistoryWriteError extends HistoryError {
  override readonly name = "HistoryWriteError";
  /** The ids of the messages, in the order in which they were published. */
  readonly messageIds: readonly string[];
  /** Whether they wait in memory, to be stored when that is possible. */
  readonly pending: boolean;

  constructor(messageIds: readonly string[], cause: unknown, pending = false) {
    const isOne = messageIds.length === 1;
    const waits = isOne ? "waits" : "wait";
    const fate = pending ? `and ${waits} in memory` : "but will not be read back";
    super(
      "HISTORY_WRITE_FAILED",
      `${counted(messageIds.length, "message")} could not be stored: ${withoutFullStop(cause)}. ${isOne ? "It was" : "They were"} delivered, ${fate}.`,
      { cause },
    );
    this.messageIds = messageIds;
    this.pending = pending;
  }
}

/** A message holds something that the structured clone algorithm cannot copy. */
export class UncloneableMessageError extends HistoryError {
  override readonly name = "UncloneableMessageError";
  readonly topic: string;
  readonly messageId: string;
  /** Where in the message, for example `payload.onClick`. */
  readonly field: string;

  constructor(topic: string, messageId: string, field: string, cause: unknown) {
    super(
      "MESSAGE_NOT_CLONEABLE",
      `A message of "${topic}" was not stored: ${field} cannot be cloned. Publish plain data, without functions, DOM nodes and the like.`,
      { cause },
    );
    this.topic = topic;
    this.messageId = messageId;
    this.field = field;
  }
}

/** A handler of `subscribe` threw, or what it returned was rejected. */
export class LogHandlerError extends HistoryError {
  override readonly name = "LogHandlerError";
  readonly pattern: string;
  readonly topic: string;
  readonly messageId: string;

  constructor(pattern: string, { topic, id }: Message, cause: unknown) {
    super(
      "HISTORY_HANDLER_FAILED",
      `A handler of "${pattern}" failed with a message of "${topic}": ${withoutFullStop(cause)}. The log goes on.`,
      { cause },
    );
    this.pattern = pattern;
    this.topic = topic;
    this.messageId = id;
  }
}

/**
 * Tells whether a value is an error of a log, also of another copy of this package, whose classes
 * `instanceof` does not know.
 *
 * @param code - only errors with this code; the type is then that of its class
 */
export function isHistoryError<Code extends HistoryErrorCode = HistoryErrorCode>(
  error: unknown,
  code?: Code,
): error is HistoryErrorByCode[Code] {
  if (typeof error !== "object" || error === null) return false;
  return BRAND in error && (code === undefined || ("code" in error && error.code === code));
}
