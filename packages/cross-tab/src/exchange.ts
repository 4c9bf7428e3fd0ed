import type { EventLog, Message, Presence } from "@pubsub-mfe/core";
import { onPageHiding } from "@pubsub-mfe/core/stores";
import { LogRepair } from "./log-repair.js";
import { onPageWaking } from "./page-waking.js";
import { Receiver, type ReceiverContext } from "./receiver.js";
import { Relay } from "./relay.js";
import { Sender, type SenderContext } from "./sender.js";
import { TailDigest } from "./tail-digest.js";
import type { Transport } from "./transports/transport.js";

/** What an exchange works with. */
export interface ExchangeContext
  extends Omit<ReceiverContext, "sender" | "relay" | "repair">,
    Omit<SenderContext, "post" | "now" | "isNaming"> {
  readonly transport: Pick<Transport, "send" | "onMessage">;
  readonly presence: Pick<Presence, "onChange">;
  /** Where messages are that no other tab can send again. */
  readonly log: EventLog | undefined;
  /** Whether messages of a topic go out. */
  sends(topic: string): boolean;
  /** The log could not be read. */
  onLogError(cause: unknown): void;
}

/** One tab's part in the talk of all tabs, under one publisher's name, while it is attached. */
export class Exchange {
  readonly #sender: Sender;
  readonly #tail: TailDigest;
  readonly #endings: (() => void)[];

  constructor(context: ExchangeContext) {
    const { transport, clock, log, presence } = context;
    const sender = new Sender({
      ...context,
      isNaming: log !== undefined,
      now: () => clock.monotonic(),
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
      relay: new Relay({ ...context, post: sender.post }),
      repair,
    });
    this.#sender = sender;
    this.#tail = tail;
    this.#endings = [
      transport.onMessage(receiver.receive),
      onPageHiding(() => tail.flush()),
      // After the transport's own listener, which opens what was closed.
      onPageWaking(
        () => clock.now(),
        (asleepSinceMs) => {
          sender.digest();
          sender.hello();
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
    this.#sender.send(messages);
    this.#tail.restart();
  }

  close(): void {
    this.#tail.flush();
    for (const end of this.#endings) end();
  }
}
