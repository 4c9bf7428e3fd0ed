import type { Message, Receive } from "@pubsub-mfe/core";
import { CrossTabError, MessageGapError } from "./errors.js";
import { type Envelope, readEnvelope } from "./wire.js";

/** Of how many publishers it is known what they sent last; each load of a page is one. */
const MAX_PUBLISHERS = 1_000;

/** What a receiver works with. */
export interface ReceiverContext {
  /** The way into the bus. */
  readonly receive: Receive;
  onReceived(message: Message): void;
  onDuplicate(): void;
  onRejected(error: CrossTabError): void;
  onGap(error: MessageGapError): void;
}

/** Delivers what other tabs sent: of each publisher in its order, and once. */
export class Receiver {
  readonly #context: ReceiverContext;
  /** The number of the last message received, by publisher; least recent first. */
  readonly #last = new Map<string, number>();

  constructor(context: ReceiverContext) {
    this.#context = context;
  }

  readonly receive = (data: unknown): void => {
    const envelope = readEnvelope(data);
    if (typeof envelope === "string") {
      this.#context.onRejected(
        new CrossTabError("ENVELOPE_REJECTED", `What another tab sent was refused: ${envelope}.`),
      );
      return;
    }
    const { publisher, clientId, from, messages } = envelope;
    // The first that is heard of a publisher is where this page came in.
    let last = this.#last.get(publisher) ?? from - 1;
    if (from > last + 1) {
      this.#context.onGap(new MessageGapError(clientId, from - last - 1));
    }
    for (const [index, message] of messages.entries()) {
      const number = from + index;
      if (number <= last) {
        this.#context.onDuplicate();
        continue;
      }
      last = number;
      this.#deliver(message, envelope);
    }
    this.#remember(publisher, last);
  };

  #deliver(message: Message, { clientId }: Envelope): void {
    // A channel never reaches beyond its origin.
    const _origin = globalThis.location?.origin ?? "null";
    const added = { _crossTab: true, _sourceClientId: clientId, _origin };
    try {
      if (this.#context.receive(message, added)) this.#context.onReceived(message);
      else this.#context.onDuplicate();
    } catch (error) {
      this.#context.onRejected(
        new CrossTabError("ENVELOPE_REJECTED", `A message of another tab was refused: ${error}`, {
          cause: error,
        }),
      );
    }
  }

  #remember(publisher: string, last: number): void {
    this.#last.delete(publisher);
    this.#last.set(publisher, last);
    if (this.#last.size <= MAX_PUBLISHERS) return;
    const [leastRecent] = this.#last.keys();
    this.#last.delete(leastRecent as string);
  }
}
