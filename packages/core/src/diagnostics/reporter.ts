import { describe, toError } from "../delivery/to-error.js";
import { type BusError, isBusError } from "../errors.js";
import type { Message } from "../types.js";
import type { DiagnosticEvent } from "./events.js";
import type { Probe } from "./probe.js";
import { reportUncaught } from "./report-uncaught.js";

const PREFIX = "[@pubsub-mfe/core]";

/** Tells the outside what the bus did; nothing that the outside does in return can harm it. */
export class Reporter {
  readonly #listener: ((event: DiagnosticEvent) => void) | undefined;
  readonly #debug: boolean;
  readonly #probe: Probe;

  constructor(
    listener: ((event: DiagnosticEvent) => void) | undefined,
    debug: boolean,
    probe: Probe,
  ) {
    this.#listener = listener;
    this.#debug = debug;
    this.#probe = probe;
  }

  /** Whether anybody listens; what is costly to find out is left alone otherwise. */
  get isListening(): boolean {
    return this.#debug || this.#listener !== undefined || this.#probe.isWatched;
  }

  tell(event: DiagnosticEvent): void {
    this.#probe.tell({ type: "diagnostic", event });
    try {
      // Within, as Node's console runs getters of the errors that it prints.
      if (this.#debug) console.debug(PREFIX, event);
      this.#listener?.(event);
    } catch (thrown) {
      reportUncaught(toError(thrown), PREFIX);
    }
  }

  /** A failed handler is never silent: without a listener the platform hears of it. */
  readonly handlerFailed = (message: Message, handlerIndex: number, thrown: unknown): void => {
    const error = toError(thrown);
    const { topic, id: messageId } = message;
    this.tell({ type: "handler-error", topic, messageId, error, handlerIndex });
    if (!this.#listener) reportUncaught(error, PREFIX);
  };

  /**
   * Tells of a topic, pattern or message that was refused.
   *
   * @returns the error, to be thrown
   */
  refused(error: unknown): unknown {
    if (isBusError(error, "INVALID_TOPIC") || isBusError(error, "INVALID_MESSAGE")) {
      const { code, message } = error as BusError & { code: "INVALID_TOPIC" | "INVALID_MESSAGE" };
      this.tell({ type: "warning", code, message, details: error });
    }
    return error;
  }

  readonly hookFailed = (thrown: unknown): void => {
    const details = toError(thrown);
    const message = `An adapter's listener threw: ${describe(thrown)}`;
    this.tell({ type: "warning", code: "HOOK_FAILED", message, details });
    if (!this.#listener) reportUncaught(details, PREFIX);
  };

  /** Messages did not leave by a link. */
  sendFailed(domain: string, messages: readonly Message[], thrown: unknown): void {
    const error = toError(thrown);
    const topics = [...new Set(messages.map(({ topic }) => topic))].join(", ");
    const message = `Messages of ${topics} did not leave by the link ${domain}, which threw: ${describe(thrown)}`;
    const details = { domain, messageIds: messages.map(({ id }) => id), error };
    this.tell({ type: "warning", code: "LINK_SEND_FAILED", message, details });
    if (!this.#listener) reportUncaught(new Error(message, { cause: thrown }), PREFIX);
  }

  readonly delivered = (message: Message, handlerCount: number, durationMs: number): void => {
    const { topic, id: messageId } = message;
    this.tell({ type: "publish", topic, messageId, handlerCount, durationMs });
  };
}
