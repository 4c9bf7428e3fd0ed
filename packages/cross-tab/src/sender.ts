import type { Clock, Message } from "@pubsub-mfe/core";
import { estimateSize } from "@pubsub-mfe/core/stores";
import { CrossTabError, UncloneableMessageError } from "./errors.js";
import { leaveOutUncloneable } from "./leave-out-uncloneable.js";
import type { AnswerBudget } from "./limits/answer-budget.js";
import { cutBatches, type SizedMessage } from "./limits/batches.js";
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
  /** How much may be sent again. */
  readonly answers: AnswerBudget;
  /** Whether others are told what messages are called, so that they can ask a log for them. */
  readonly isNaming: boolean;
  readonly clock: Clock;
  /** Hands an envelope to the transport. */
  post(envelope: Envelope): void;
  /** @returns whether a message of so many bytes may go out; where not, that was told */
  admit(message: Message, bytes: number): boolean;
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
    this.#startMs = context.clock.monotonic();
  }

  /** How long this tab has been listening, in milliseconds. */
  get ageMs(): number {
    return this.#context.clock.monotonic() - this.#startMs;
  }

  /**
   * Copies messages as they are now, for what handlers do to a payload must not be in what is sent.
   *
   * @returns those that can be sent; the others were told
   */
  prepare(messages: readonly Message[]): SizedMessage[] {
    const { maxBatchSize, refuse, onError } = this.#context;
    // Before they are numbered: the numbers of those that go out have no hole.
    const carried = messages.filter((message) => {
      const error = refuse(message);
      if (error) onError(error);
      return !error;
    });
    const prepared: SizedMessage[] = [];
    for (let start = 0; start < carried.length; start += maxBatchSize) {
      prepared.push(...this.#copy(carried.slice(start, start + maxBatchSize)));
    }
    return prepared;
  }

  /** Posts what was prepared, a batch at a time. */
  send(messages: readonly SizedMessage[]): void {
    for (const batch of cutBatches(messages, this.#context.maxBatchSize)) this.#sendBatch(batch);
  }

  /**
   * Asks how far others have come.
   *
   * @param to - one of them; all when it is left out
   */
  hello(to?: string): void {
    this.#post({
      kind: "hello",
      ageMs: this.ageMs,
      last: this.#sent.last,
      ...(to !== undefined && { to }),
    });
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
    if (this.#context.answers.spend(to, 0) < 0) return;
    const sinceMs = this.#context.clock.monotonic() - ageMs;
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
    let n = Math.max(from, first);
    const wanted = Math.max(0, Math.min(asked, last) - n + 1);
    const granted = this.#context.answers.spend(
      to,
      wanted,
      this.#sent.names(from, first - 1).ids.length,
    );
    // It asks again.
    if (granted < 0) return;
    const end = n + granted - 1;
    if (from < first) this.#tellLost(to, from, first - 1);
    for (const batch of cutBatches(this.#sent.slice(n, end), this.#context.maxBatchSize)) {
      this.#post({ kind: "messages", from: n, messages: batch.map(({ message }) => message), to });
      n += batch.length;
    }
    this.#post({ kind: "digest", last, to, asked: granted < wanted ? end : asked });
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

  #copy(messages: readonly Message[]): SizedMessage[] {
    const { admit, onError } = this.#context;
    let copies: readonly Message[];
    try {
      copies = structuredClone(messages);
    } catch (error) {
      const sound = leaveOutUncloneable(messages, error, onError);
      if (sound.length < messages.length) return sound.length > 0 ? this.#copy(sound) : [];
      this.#tellFailure(messages.length, error);
      return [];
    }
    return copies
      .map((message) => ({ message, bytes: estimateSize(message) }))
      .filter(({ message, bytes }) => admit(message, bytes));
  }

  #sendBatch(batch: readonly SizedMessage[]): void {
    const messages = batch.map(({ message }) => message);
    try {
      this.#context.post(this.#envelope({ kind: "messages", from: this.#sent.last + 1, messages }));
    } catch (error) {
      if ((error as { name?: unknown } | null)?.name === "DataCloneError") {
        this.#sendHalves(batch, error);
        return;
      }
      this.#tellFailure(batch.length, error);
      this.#remember(batch);
      return;
    }
    this.#remember(batch);
    this.#context.onSent(messages);
  }

  /** Something can be copied in this page, but not to another one: shared memory, for one. */
  #sendHalves(batch: readonly SizedMessage[], cause: unknown): void {
    const half = batch.length >> 1;
    if (half > 0) {
      this.#sendBatch(batch.slice(0, half));
      this.#sendBatch(batch.slice(half));
      return;
    }
    const { topic, id } = (batch[0] as SizedMessage).message;
    this.#context.onError(new UncloneableMessageError(topic, id, "payload", cause));
  }

  /** Also where the post failed: whoever misses them asks for them. */
  #remember(batch: readonly SizedMessage[]): void {
    const nowMs = this.#context.clock.monotonic();
    for (const each of batch) this.#sent.add(each, nowMs);
  }

  #post(body: Body): void {
    this.post(this.#envelope(body));
  }

  #envelope(body: Body): Envelope {
    const { publisher, clientId } = this.#context;
    return { v: WIRE_VERSION, publisher, clientId: clientId(), ...body };
  }

  readonly post = (envelope: Envelope): void => {
    try {
      this.#context.post(envelope);
    } catch (error) {
      if (envelope.kind === "messages") this.#tellFailure(envelope.messages.length, error);
      else this.#context.onError(sendFailure(`A ${envelope.kind} was not sent`, error));
    }
  };

  #tellFailure(count: number, cause: unknown): void {
    this.#context.onError(sendFailure(`${count} messages were not sent`, cause));
  }
}

function sendFailure(what: string, cause: unknown): CrossTabError {
  return new CrossTabError("SEND_FAILED", `${what} to other tabs: ${cause}`, { cause });
}
