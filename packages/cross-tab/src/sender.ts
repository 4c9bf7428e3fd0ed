import { findUncloneable, type Message } from "@pubsub-mfe/core";
import { CrossTabError, UncloneableMessageError } from "./errors.js";
import type { Transport } from "./transports/transport.js";
import { type Envelope, WIRE_VERSION } from "./wire.js";

/** What a sender works with. */
export interface SenderContext {
  readonly transport: Transport;
  readonly publisher: string;
  readonly clientId: string;
  readonly maxBatchSize: number;
  onSent(messages: readonly Message[]): void;
  onError(error: CrossTabError): void;
}

/** Posts the messages of a turn, numbered, a batch at a time. */
export class Sender {
  readonly #context: SenderContext;
  #next = 1;

  constructor(context: SenderContext) {
    this.#context = context;
  }

  send(messages: readonly Message[]): void {
    const { maxBatchSize } = this.#context;
    for (let start = 0; start < messages.length; start += maxBatchSize) {
      this.#post(messages.slice(start, start + maxBatchSize));
    }
  }

  /** A message that cannot be cloned is found by halving, so that the others go out. */
  #post(messages: readonly Message[]): void {
    const { transport, publisher, clientId, onSent, onError } = this.#context;
    const envelope: Envelope = { v: WIRE_VERSION, publisher, clientId, from: this.#next, messages };
    try {
      transport.send(envelope);
    } catch (error) {
      const [first] = messages;
      if (!isDataCloneError(error) || first === undefined) {
        onError(
          new CrossTabError(
            "SEND_FAILED",
            `${messages.length} messages were not sent to other tabs: ${error}`,
            { cause: error },
          ),
        );
      } else if (messages.length === 1) {
        const field = findUncloneable(first) ?? "payload";
        onError(new UncloneableMessageError(first.topic, first.id, field, error));
      } else {
        const middle = messages.length >> 1;
        this.#post(messages.slice(0, middle));
        this.#post(messages.slice(middle));
      }
      return;
    }
    // Only what went out has a number: receivers take a hole for a loss.
    this.#next += messages.length;
    onSent(messages);
  }
}

/** By name: one of another realm, such as an iframe's, is no instance of the class here. */
function isDataCloneError(error: unknown): boolean {
  return (error as Partial<Error> | null)?.name === "DataCloneError";
}
