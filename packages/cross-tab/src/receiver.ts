import type { Clock, Message, Receive } from "@pubsub-mfe/core";
import { CrossTabError, MessageGapError } from "./errors.js";
import { Incoming } from "./incoming.js";
import type { Sender } from "./sender.js";
import { type DigestEnvelope, type Envelope, type MessagesEnvelope, readEnvelope } from "./wire.js";

/** Of how many publishers it is known what they sent last; each load of a page is one. */
const MAX_PUBLISHERS = 1_000;

/** What a receiver works with. */
export interface ReceiverContext {
  readonly clock: Clock;
  /** Answers and asks for this tab, under its publisher's name. */
  readonly publisher: string;
  readonly sender: Pick<Sender, "hello" | "resend" | "want" | "welcome">;
  /** The way into the bus. */
  readonly receive: Receive;
  onReceived(message: Message): void;
  onDuplicate(): void;
  onRepaired(): void;
  onRejected(error: CrossTabError): void;
  onGap(error: MessageGapError): void;
}

/** Delivers what other tabs sent: of each publisher in its order, and once. Answers their questions. */
export class Receiver {
  readonly #context: ReceiverContext;
  /** By publisher; least recent first. */
  readonly #incoming = new Map<string, Incoming>();

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
    if (envelope.publisher !== this.#context.publisher) this.#dispatch(envelope);
  };

  dispose(): void {
    for (const incoming of this.#incoming.values()) incoming.dispose();
    this.#incoming.clear();
  }

  #dispatch(envelope: Envelope): void {
    const { publisher: own, sender } = this.#context;
    switch (envelope.kind) {
      case "messages":
        this.#receiveMessages(envelope);
        break;
      case "hello":
        if ((envelope.to ?? own) === own) sender.welcome(envelope.publisher, envelope.ageMs);
        break;
      case "digest":
        this.#learn(envelope);
        break;
      case "wanted":
        if (envelope.of === own) sender.resend(envelope.publisher, envelope.from, envelope.to);
        break;
      case "lost":
        if (envelope.to !== own) return;
        this.#incoming.get(envelope.publisher)?.learnLost(envelope.from, envelope.last);
    }
  }

  #receiveMessages(envelope: MessagesEnvelope): void {
    const { from, messages, to } = envelope;
    const isResent = to !== undefined;
    const isForOthers = isResent && to !== this.#context.publisher;
    this.#of(envelope).receive(from, messages, { isResent, isForOthers });
  }

  #learn(envelope: DigestEnvelope): void {
    const incoming = this.#of(envelope);
    const isForUs = envelope.to === this.#context.publisher;
    if (isForUs && envelope.base !== undefined) incoming.learnBase(envelope.base);
    incoming.learnEnd(envelope.last, isForUs ? envelope.asked : undefined);
  }

  /** What is known of the sender, which is now the one heard last. */
  #of(envelope: Envelope): Incoming {
    const { publisher } = envelope;
    const incoming = this.#incoming.get(publisher) ?? this.#createIncoming(envelope);
    this.#incoming.delete(publisher);
    this.#incoming.set(publisher, incoming);
    if (this.#incoming.size > MAX_PUBLISHERS) {
      const [leastRecent] = this.#incoming.keys();
      this.#incoming.get(leastRecent as string)?.dispose();
      this.#incoming.delete(leastRecent as string);
    }
    return incoming;
  }

  #createIncoming({ publisher, clientId }: Envelope): Incoming {
    const { clock, sender, onDuplicate, onRepaired, onGap } = this.#context;
    return new Incoming({
      clock,
      deliver: (message) => this.#deliver(message, clientId),
      onDuplicate,
      onRepaired,
      askBase: () => sender.hello(publisher),
      ask: (from, to) => sender.want(publisher, from, to),
      onGap: (from, to) => onGap(new MessageGapError(clientId, publisher, [from, to])),
    });
  }

  #deliver(message: Message, clientId: string): void {
    const { receive, onReceived, onDuplicate, onRejected } = this.#context;
    // A channel never reaches beyond its origin.
    const _origin = globalThis.location?.origin ?? "null";
    const added = { _crossTab: true, _sourceClientId: clientId, _origin };
    try {
      if (receive(message, added)) onReceived(message);
      else onDuplicate();
    } catch (error) {
      onRejected(
        new CrossTabError("ENVELOPE_REJECTED", `A message of another tab was refused: ${error}`, {
          cause: error,
        }),
      );
    }
  }
}
