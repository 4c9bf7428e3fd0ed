import { estimateSize } from "@pubsub-mfe/core/stores";
import type { AnswerBudget } from "./limits/answer-budget.js";
import { cutBatches, type SizedMessage } from "./limits/batches.js";
import { MAX_KEPT, MAX_KEPT_BYTES } from "./limits/resending.js";
import { type Envelope, type MessagesEnvelope, type WantedEnvelope, WIRE_VERSION } from "./wire.js";

/** What a relay works with. */
export interface RelayContext {
  /** How much may be sent again. */
  readonly answers: AnswerBudget;
  readonly maxBatchSize: number;
  /** Hands an envelope to the transport. */
  post(envelope: Envelope): void;
}

/** Another tab, as its envelopes name it. */
interface Publisher {
  readonly publisher: string;
  readonly clientId: string;
}

/** Speaks for other tabs that cannot any more: the leader keeps the last messages of all. */
export class Relay {
  readonly #context: RelayContext;
  /** By publisher and number; the oldest first. */
  readonly #messages = new Map<string, SizedMessage & { readonly clientId: string }>();
  #bytes = 0;

  constructor(context: RelayContext) {
    this.#context = context;
  }

  keep({ publisher, clientId, from, messages }: MessagesEnvelope): void {
    // A copy, for what handlers do to a payload must not be in what is sent again.
    for (const [index, message] of structuredClone(messages).entries()) {
      const id = key(publisher, from + index);
      const bytes = estimateSize(message);
      this.#drop(id);
      this.#messages.set(id, { message, bytes, clientId });
      this.#bytes += bytes;
    }
    for (const oldest of this.#messages.keys()) {
      if (this.#messages.size <= MAX_KEPT && this.#bytes <= MAX_KEPT_BYTES) return;
      this.#drop(oldest);
    }
  }

  /** Sends what is there of the messages that somebody asks another tab for. */
  answer({ of, from, to: asked, publisher: asker }: WantedEnvelope): void {
    const to = from + this.#context.answers.spend(asker, asked - from + 1) - 1;
    let run: (SizedMessage & { readonly clientId: string })[] = [];
    for (let n = from; n <= to + 1; n += 1) {
      const sized = n <= to ? this.#messages.get(key(of, n)) : undefined;
      if (sized) {
        run.push(sized);
        continue;
      }
      let start = n - run.length;
      for (const batch of cutBatches(run, this.#context.maxBatchSize)) {
        const messages = batch.map(({ message }) => message);
        const { clientId = "" } = batch[0] ?? {};
        this.#post(
          { publisher: of, clientId },
          { kind: "messages", from: start, messages, to: asker },
        );
        start += batch.length;
      }
      run = [];
    }
  }

  /** Tells how far a tab had come that is no longer there to tell it. */
  tellEnd(of: Publisher, last: number): void {
    this.#post(of, { kind: "digest", last });
  }

  #drop(id: string): void {
    this.#bytes -= this.#messages.get(id)?.bytes ?? 0;
    this.#messages.delete(id);
  }

  #post(
    { publisher, clientId }: Publisher,
    body:
      | Pick<MessagesEnvelope, "kind" | "from" | "messages" | "to">
      | { kind: "digest"; last: number },
  ): void {
    this.#context.post({ v: WIRE_VERSION, publisher, clientId, ...body });
  }
}

function key(publisher: string, n: number): string {
  return `${n}/${publisher}`;
}
