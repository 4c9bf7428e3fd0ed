import type { Message } from "@pubsub-mfe/core";
import { CrossTabError } from "./errors.js";
import { leaveOutUncloneable } from "./leave-out-uncloneable.js";
import { SentMessages } from "./sent-messages.js";
import { type Envelope, MAX_NAMES, WIRE_VERSION } from "./wire.js";

/** How many messages are named unasked. */
const NAMES_OF_TAIL = 64;

/** What an envelope says beside who sent it. */
type Body<E = Envelope> = E extends Envelope ? Omit<E, "v" | "publisher" | "clientId"> : never;

/** What a sender works with. */
export interface SenderContext {
  readonly publisher: string;
  /** It may change until this tab has taken its part. */
  clientId(): string;
  readonly maxBatchSize: number;
  /** Whether others are told what messages are called, so that they can ask a log for them. */
  readonly isNaming: boolean;
  /** By the monotonic clock, in milliseconds. */
  now(): number;
  /** Hands an envelope to the transport. */
  post(envelope: Envelope): void;
  /** Says why the transport cannot carry a message that can be cloned. */
  refuse(message: Message): CrossTabError | undefined;
  onSent(messages: readonly Message[]): void;
  onError(error: CrossTabError): void;
}

/** Posts the messages of a turn, numbered, a batch at a time, and again those that were missed. */
export class Sender {
  readonly #context: SenderContext;
  readonly #sent: SentMessages;
  readonly #startMs: number;

  constructor(context: SenderContext) {
    this.#context = context;
    this.#sent = new SentMessages(context.isNaming);
    this.#startMs = context.now();
  }

  /** How long this tab has been listening, in milliseconds. */
  get ageMs(): number {
    return this.#context.now() - this.#startMs;
  }

  send(messages: readonly Message[]): void {
    const { maxBatchSize, refuse, onError } = this.#context;
    // Before they are numbered: the numbers of those that go out have no hole.
    const carried = messages.filter((message) => {
      const error = refuse(message);
      if (error) onError(error);
      return !error;
    });
    for (let start = 0; start < carried.length; start += maxBatchSize) {
      this.#sendBatch(carried.slice(start, start + maxBatchSize));
    }
  }

  /**
   * Asks how far others have come.
   *
   * @param to - one of them; all when it is left out
   */
  hello(to?: string): void {
    this.#post({ kind: "hello", ageMs: this.ageMs, ...(to !== undefined && { to }) });
  }

  /** Tells all others how far this tab has come. */
  digest(): void {
    this.#post({ kind: "digest", ...this.#tail() });
  }

  /**
   * Answers a tab that is there.
   *
   * @param ageMs - how long it has been listening
   */
  welcome(to: string, ageMs: number): void {
    const sinceMs = this.#context.now() - ageMs;
    // Who is older than this tab misses all that it sent, also what can no longer be had.
    const base = sinceMs < this.#startMs ? 0 : this.#sent.lastUntil(sinceMs);
    this.#post({ kind: "digest", ...this.#tail(), to, base, ageMs });
  }

  /**
   * Asks another tab for messages of its own.
   *
   * @param again - whether it did not answer
   */
  want(of: string, from: number, to: number, again: boolean): void {
    this.#post({ kind: "wanted", of, from, to, ...(again && { again }) });
  }

  /** Sends again what another tab has missed, and says what is no longer there. */
  resend(to: string, from: number, asked: number): void {
    const { first, last } = this.#sent;
    const end = Math.min(asked, last);
    if (from < first) this.#tellLost(to, from, first - 1);
    const { maxBatchSize } = this.#context;
    for (let n = Math.max(from, first); n <= end; n += maxBatchSize) {
      const messages = this.#sent.slice(n, Math.min(end, n + maxBatchSize - 1));
      this.#post({ kind: "messages", from: n, messages, to });
    }
    this.#post({ kind: "digest", last, to, asked });
  }

  /** Where it ends, and what is there. */
  #tail(): { readonly last: number; readonly ids?: readonly string[] } {
    const { last } = this.#sent;
    const { ids } = this.#sent.names(Math.max(1, last - NAMES_OF_TAIL + 1), last);
    return { last, ...(ids.length > 0 && { ids }) };
  }

  #tellLost(to: string, from: number, last: number): void {
    const named = this.#sent.names(from, last);
    for (let n = 0; n < named.ids.length; n += MAX_NAMES) {
      const ids = named.ids.slice(n, n + MAX_NAMES);
      this.#post({ kind: "names", from: named.from + n, ids, to });
    }
    this.#post({ kind: "lost", from, last, to });
  }

  #sendBatch(messages: readonly Message[]): void {
    let copies: readonly Message[];
    try {
      // A copy, for what handlers do to a payload must not be in what is sent again.
      copies = structuredClone(messages);
    } catch (error) {
      const sound = leaveOutUncloneable(messages, error, this.#context.onError);
      if (sound.length === messages.length) this.#tellFailure(messages.length, error);
      else if (sound.length > 0) this.#sendBatch(sound);
      return;
    }
    const from = this.#sent.last + 1;
    const nowMs = this.#context.now();
    // Numbered also where the post fails: whoever misses them asks for them.
    for (const copy of copies) this.#sent.add(copy, nowMs);
    if (this.#post({ kind: "messages", from, messages: copies })) this.#context.onSent(messages);
  }

  #post(body: Body): boolean {
    const { publisher, clientId } = this.#context;
    return this.post({ v: WIRE_VERSION, publisher, clientId: clientId(), ...body });
  }

  /** @returns whether it is on its way */
  readonly post = (envelope: Envelope): boolean => {
    try {
      this.#context.post(envelope);
      return true;
    } catch (error) {
      if (envelope.kind === "messages") this.#tellFailure(envelope.messages.length, error);
      else this.#context.onError(sendFailure(`A ${envelope.kind} was not sent`, error));
      return false;
    }
  };

  #tellFailure(count: number, cause: unknown): void {
    this.#context.onError(sendFailure(`${count} messages were not sent`, cause));
  }
}

function sendFailure(what: string, cause: unknown): CrossTabError {
  return new CrossTabError("SEND_FAILED", `${what} to other tabs: ${cause}`, { cause });
}
