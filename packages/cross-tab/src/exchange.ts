import type { EventLog, Message, Presence, Unsubscribe } from "@pubsub-mfe/core";
import { onPageHiding } from "@pubsub-mfe/core/stores";
import { Holding } from "./holding.js";
import { AnswerBudget } from "./limits/answer-budget.js";
import type { SizedMessage } from "./limits/batches.js";
import { LogRepair } from "./log-repair.js";
import { onPageWaking } from "./page-waking.js";
import { Receiver, type ReceiverContext } from "./receiver.js";
import { Relay } from "./relay.js";
import { Sender, type SenderContext } from "./sender.js";
import { TailDigest } from "./tail-digest.js";

/** What an exchange works with. */
export interface ExchangeContext
  extends Omit<ReceiverContext, "sender" | "relay" | "repair">,
    Omit<SenderContext, "post" | "isNaming" | "answers"> {
  readonly transport: {
    send(data: unknown): void;
    onMessage(listener: (data: unknown, origin: string) => void): Unsubscribe;
  };
  readonly presence: Pick<Presence, "onChange">;
  /** Where messages are that no other tab can send again. */
  readonly log: EventLog | undefined;
  /** Whether messages of a topic go out. */
  sends(topic: string): boolean;
  /** For how long messages are held back, in milliseconds; 0: not at all. */
  readonly batchIntervalMs: number;
  /** The log could not be read. */
  onLogError(cause: unknown): void;
}

/** One tab's part in the talk of all tabs, under one publisher's name, while it is attached. */
export class Exchange {
  readonly #repair: LogRepair | undefined;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #holding: Holding<SizedMessage>;
  readonly #tail: TailDigest;
  readonly #endings: (() => void)[];

  constructor(context: ExchangeContext) {
    const { transport, clock, log, presence } = context;
    const { maxBatchSize: maxCount, batchIntervalMs: intervalMs } = context;
    const answers = new AnswerBudget(clock);
    const sender = new Sender({
      ...context,
      answers,
      isNaming: log !== undefined,
      post: (envelope) => transport.send(envelope),
    });
    const tail = new TailDigest(clock, () => sender.digest());
    const repair =
      log &&
      new LogRepair({
        log,
        clock,
        sends: context.sends,
        deliver: (message) => receiver.restore(message),
        onError: context.onLogError,
      });
    const receiver: Receiver = new Receiver({
      ...context,
      sender,
      relay: new Relay({ ...context, answers, post: sender.post }),
      repair,
    });
    this.#repair = repair;
    this.#sender = sender;
    this.#receiver = receiver;
    this.#tail = tail;
    this.#holding = new Holding({
      clock,
      intervalMs,
      maxCount,
      send: (messages) => {
        sender.send(messages);
        tail.restart();
      },
    });
    this.#endings = [
      transport.onMessage(receiver.receive),
      onPageHiding(() => tail.flush()),
      // After the transport's own listener, which opens what was closed.
      onPageWaking(
        () => clock.now(),
        (asleepSinceMs) => {
          this.#greet();
          if (asleepSinceMs !== undefined) repair?.lookBack(asleepSinceMs);
        },
      ),
      presence.onChange(({ type, tab }) => {
        if (type === "left") receiver.seeOff(tab.id);
      }),
      () => repair?.close(),
      () => receiver.dispose(),
      () => tail.stop(),
    ];
    sender.hello();
  }

  send(messages: readonly Message[]): void {
    this.#repair?.publish(messages);
    this.#holding.add(this.#sender.prepare(messages));
  }

  /** Sends what is held back. */
  flush(): void {
    this.#holding.flush();
  }

  /** Learns what was missed since the transport was last heard. */
  catchUp(): void {
    this.#greet();
    this.#repair?.lookBack(this.#repair.heardMs);
  }

  /** Lets others learn what they have missed, and asks them. */
  #greet(): void {
    this.#sender.digest();
    this.#sender.hello();
  }

  get publisherCount(): number {
    return this.#receiver.publisherCount;
  }

  close(): void {
    this.#tail.flush();
    for (const end of this.#endings) end();
  }
}
