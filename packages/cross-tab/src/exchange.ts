import type { Message } from "@pubsub-mfe/core";
import { onPageHiding } from "@pubsub-mfe/core/stores";
import { onPageWaking } from "./page-waking.js";
import { Receiver, type ReceiverContext } from "./receiver.js";
import { Sender, type SenderContext } from "./sender.js";
import { TailDigest } from "./tail-digest.js";
import type { Transport } from "./transports/transport.js";

/** What an exchange works with. */
export interface ExchangeContext
  extends Omit<ReceiverContext, "sender">,
    Omit<SenderContext, "post" | "now"> {
  readonly transport: Pick<Transport, "send" | "onMessage">;
}

/** One tab's part in the talk of all tabs, under one publisher's name, while it is attached. */
export class Exchange {
  readonly #sender: Sender;
  readonly #tail: TailDigest;
  readonly #endings: (() => void)[];

  constructor(context: ExchangeContext) {
    const { transport, clock } = context;
    const sender = new Sender({
      ...context,
      now: () => clock.monotonic(),
      post: (envelope) => transport.send(envelope),
    });
    const tail = new TailDigest(clock, () => sender.digest());
    const receiver = new Receiver({ ...context, sender });
    this.#sender = sender;
    this.#tail = tail;
    this.#endings = [
      transport.onMessage(receiver.receive),
      onPageHiding(() => tail.flush()),
      // After the transport's own listener, which opens what was closed.
      onPageWaking(() => {
        sender.digest();
        sender.hello();
      }),
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
