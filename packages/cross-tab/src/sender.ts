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

  #post(messages: readonly Message[]): void {
    const { transport, publisher, clientId, onSent, onError } = this.#context;
    const envelope: Envelope = { v: WIRE_VERSION, publisher, clientId, from: this.#next, messages };
    try {
      transport.send(envelope);
    } catch (error) {
      const sound = this.#leaveOutUncloneable(messages, error);
      if (sound.length < messages.length) {
        if (sound.length > 0) this.#post(sound);
        return;
      }
      const { length } = messages;
      onError(
        new CrossTabError(
          "SEND_FAILED",
          `${length} messages were not sent to other tabs: ${error}`,
          {
            cause: error,
          },
        ),
      );
      return;
    }
    // Only what went out has a number: receivers take a hole for a loss.
    this.#next += messages.length;
    onSent(messages);
  }

  /** Tells of the messages that are to blame, so that the others can go out. */
  #leaveOutUncloneable(messages: readonly Message[], cause: unknown): readonly Message[] {
    return messages.filter((message) => {
      const field = findUncloneable(message);
      if (field === undefined) return true;
      const { topic, id } = message;
      this.#context.onError(new UncloneableMessageError(topic, id, field || "payload", cause));
      return false;
    });
  }
}
