import type { Clock, Message, Presence } from "@pubsub-mfe/core";
import { estimateSize } from "@pubsub-mfe/core/stores";
import type { AnswerBudget } from "../limits/answer-budget.js";
import { cutBatches } from "../limits/batches.js";
import { randomName } from "../random-name.js";
import { WIRE_VERSION } from "../wire.js";
import {
  type RecallEnvelope,
  type RecalledEnvelope,
  type RetainedEnvelope,
  readRetained,
} from "./retained-wire.js";

/** How many messages one answer gives, the newest. */
const MAX_ANSWER = 2_000;
/** How long the leader's answer is waited for, and then that of anybody, in milliseconds. */
const LEADER_MS = 300;
const ANYBODY_MS = 700;

/** What the exchange of retained messages works with. */
export interface RetainedContext {
  readonly clock: Clock;
  readonly presence: Pick<Presence, "onChange" | "tabs">;
  readonly answers: AnswerBudget;
  readonly maxBatchSize: number;
  /** In bytes. */
  readonly maxMessageSize: number;
  /** What this page has retained, and may send; nothing where it does not. */
  retained(): readonly Message[] | undefined;
  clientId(): string;
  isLeading(): boolean;
  /** Whether the transport cannot carry a message. */
  refuse(message: Message): unknown;
  send(envelope: RetainedEnvelope): void;
}

/** What came of a question. */
export interface Recalled {
  readonly messages: readonly Message[];
  /** Whether somebody gave all that it had, or nobody is there to give anything. */
  readonly isComplete: boolean;
}

/** A question of this tab. */
interface Question {
  readonly asker: string;
  /** By id; several may answer. */
  readonly messages: Map<unknown, Message>;
  done(isComplete: boolean): void;
}

/** Gives new tabs what this one has retained, and asks others for what was before it. */
export class RetainedExchange {
  readonly #context: RetainedContext;
  #question: Question | undefined;

  constructor(context: RetainedContext) {
    this.#context = context;
  }

  /** Asks others for what they have retained. */
  async ask(signal: AbortSignal): Promise<Recalled> {
    const { clock, presence, isLeading } = this.#context;
    const asker = randomName();
    const messages = new Map<unknown, Message>();
    if (signal.aborted) return { messages: [], isComplete: true };
    const ends: (() => void)[] = [];
    const isComplete = await new Promise<boolean>((done) => {
      this.#question = { asker, messages, done };
      const lookWhetherAlone = () => {
        // It was there before all others: nobody can know more.
        if (isLeading()) done(true);
      };
      const askAnybody = () => {
        this.#send({ kind: "recall", asker, anyone: true });
        ends.push(clock.setTimer(() => done(presence.tabs().length === 1), ANYBODY_MS));
      };
      signal.addEventListener("abort", () => done(true), { once: true });
      ends.push(presence.onChange(lookWhetherAlone), clock.setTimer(askAnybody, LEADER_MS));
      this.#send({ kind: "recall", asker, anyone: false });
      lookWhetherAlone();
    });
    this.#question = undefined;
    for (const end of ends) end();
    return { messages: [...messages.values()], isComplete };
  }

  /** @returns whether it was meant for this exchange */
  receive(data: unknown): boolean {
    const envelope = readRetained(data);
    if (envelope?.kind === "recall") this.#answer(envelope.asker, envelope.anyone);
    else if (envelope) this.#take(envelope);
    return envelope !== undefined;
  }

  #answer(asker: string, anyone: boolean): void {
    const { answers, isLeading, maxBatchSize } = this.#context;
    if (!anyone && !isLeading()) return;
    const retained = this.#context.retained();
    // Another tab may know better.
    if (!retained) return;
    const count = answers.spend(asker, Math.min(retained.length, MAX_ANSWER));
    if (count < 0) return;
    const sized = retained.slice(retained.length - count).flatMap((view) => this.#prepare(view));
    for (const batch of cutBatches(sized, maxBatchSize)) {
      const messages = batch.map(({ message }) => message);
      this.#send({ kind: "recalled", asker, messages });
    }
    this.#send({ kind: "recalled", asker, messages: [], total: sized.length });
  }

  /** @returns what others can be given; what they cannot was told when it was published */
  #prepare(view: Message): { message: Message; bytes: number }[] {
    const { maxMessageSize, clientId, refuse } = this.#context;
    const meta = { _sourceClientId: clientId(), ...view.meta };
    try {
      const message = structuredClone({ ...view, meta });
      const bytes = estimateSize(message);
      return bytes > maxMessageSize || refuse(message) ? [] : [{ message, bytes }];
    } catch {
      return [];
    }
  }

  #take({ asker, messages, total }: RecalledEnvelope): void {
    const question = this.#question;
    if (question?.asker !== asker) return;
    const taken = question.messages;
    for (const message of messages) {
      if (taken.size < MAX_ANSWER) taken.set(message?.id ?? Symbol(), message);
    }
    // Where a part of it was lost, somebody else may have all.
    if (total !== undefined && taken.size >= total) question.done(true);
  }

  #send(body: Omit<RecallEnvelope, "v"> | Omit<RecalledEnvelope, "v">): void {
    this.#context.send({ v: WIRE_VERSION, ...body });
  }
}
