import type { Message } from "@pubsub-mfe/core";
import type { AnswerBudget } from "./limits/answer-budget.js";
import type { Envelope, MessagesEnvelope, WantedEnvelope } from "./wire.js";
import { WIRE_VERSION } from "./wire.js";

/** How many messages of others a leader can send again. */
const CAPACITY = 2_048;

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
  readonly #messages = new Map<string, Message>();

  constructor(context: RelayContext) {
    this.#context = context;
  }

  keep({ publisher, from, messages }: MessagesEnvelope): void {
    // A copy, for what handlers do to a payload must not be in what is sent again.
    for (const [index, message] of structuredClone(messages).entries()) {
      this.#messages.set(key(publisher, from + index), message);
    }
    for (const oldest of this.#messages.keys()) {
      if (this.#messages.size <= CAPACITY) return;
      this.#messages.delete(oldest);
    }
  }

  /** Sends what is there of the messages that somebody asks another tab for. */
  answer({ of, from, to: asked, publisher: asker }: WantedEnvelope, clientId: string): void {
    const to = from + this.#context.answers.spend(asker, asked - from + 1) - 1;
    let run: Message[] = [];
    const send = (end: number) => {
      if (run.length === 0) return;
      const body = { kind: "messages", from: end - run.length, messages: run, to: asker } as const;
      this.#post({ publisher: of, clientId }, body);
      run = [];
    };
    for (let n = from; n <= to; n += 1) {
      const message = this.#messages.get(key(of, n));
      if (message) run.push(message);
      if (!message || run.length === this.#context.maxBatchSize) send(message ? n + 1 : n);
    }
    send(to + 1);
  }

  /** Tells how far a tab had come that is no longer there to tell it. */
  tellEnd(of: Publisher, last: number): void {
    this.#post(of, { kind: "digest", last });
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
