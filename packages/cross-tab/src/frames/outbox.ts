import type { Message } from "@pubsub-mfe/core";
import { CrossTabError } from "../errors.js";
import { leaveOutUncloneable } from "../leave-out-uncloneable.js";

/** What is posted together; a turn that published more is cut. */
const MAX_BATCH_SIZE = 50;

/** What an outbox works with. */
export interface OutboxContext {
  /** Who it is for. */
  readonly label: string;
  /** How many messages wait while there is no port. */
  readonly limit: number;
  onError(error: CrossTabError): void;
}

/** Posts the messages of a turn, a batch at a time; without a port they wait. */
export class Outbox {
  readonly #context: OutboxContext;
  #port: MessagePort | undefined;
  #waiting: Message[] = [];
  #droppedNow = 0;
  sent = 0;
  batches = 0;
  dropped = 0;

  constructor(context: OutboxContext) {
    this.#context = context;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes a port, and posts what has waited for it; or takes it away. */
  use(port: MessagePort | undefined): void {
    this.#port = port;
    if (!port) return;
    if (this.#droppedNow > 0) this.#tellDropped(`${this.#droppedNow} messages were not sent`);
    this.#droppedNow = 0;
    const { length } = this.#waiting;
    this.send(this.#waiting.splice(0, length));
  }

  send(messages: readonly Message[]): void {
    for (let start = 0; start < messages.length; start += MAX_BATCH_SIZE) {
      this.#put(messages.slice(start, start + MAX_BATCH_SIZE));
    }
  }

  #put(messages: readonly Message[]): void {
    try {
      if (this.#port) {
        this.#port.postMessage({ type: "messages", messages });
        this.sent += messages.length;
        this.batches += 1;
      } else {
        // What waits is copied now: it leaves as it was published.
        this.#keep(structuredClone(messages));
      }
    } catch (error) {
      this.#putWithoutTheCause(messages, error);
    }
  }

  /** One message that cannot be copied keeps no other one here. */
  #putWithoutTheCause(messages: readonly Message[], cause: unknown): void {
    const { label, onError } = this.#context;
    const sound = leaveOutUncloneable(messages, cause, onError, label);
    if (sound.length < messages.length) {
      if (sound.length > 0) this.#put(sound);
    } else if (messages.length > 1) {
      // It can be copied here, but not to there: shared memory, for one.
      for (const message of messages) this.#put([message]);
    } else {
      const text = `A message of "${messages[0]?.topic}" was not sent to ${label}: ${cause}`;
      onError(new CrossTabError("SEND_FAILED", text, { cause }));
    }
  }

  #keep(messages: readonly Message[]): void {
    this.#waiting.push(...messages);
    const excess = this.#waiting.length - this.#context.limit;
    if (excess <= 0) return;
    this.#waiting.splice(0, excess);
    if (this.#droppedNow === 0) this.#tellDropped("the oldest messages are dropped from now on");
    this.#droppedNow += excess;
    this.dropped += excess;
  }

  #tellDropped(what: string): void {
    const { label, limit, onError } = this.#context;
    onError(
      new CrossTabError(
        "MESSAGES_DROPPED",
        `More than ${limit} messages waited for ${label}: ${what}. Raise bufferLimit, or publish after \`await connection.connected\`.`,
      ),
    );
  }
}
