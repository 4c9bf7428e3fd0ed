import type { Clock, Message, Receive } from "@pubsub-mfe/core";
import { CrossTabError, MessageGapError } from "./errors.js";
import { Incoming } from "./incoming.js";
import type { Sender } from "./sender.js";
import { type DigestEnvelope, type Envelope, type MessagesEnvelope, readEnvelope } from "./wire.js";

/** Of how many publishers it is known what they sent last; each load of a page is one. */
const MAX_PUBLISHERS = 1_000;

/**
 * How long ago a hello may be to which the answer comes, in milliseconds. One that waited for a frozen
 * or busy tab gives as old what was sent in the meantime.
 */
const LONGEST_ROUND_TRIP_MS = 250;

/** What a receiver works with. */
export interface ReceiverContext {
  readonly clock: Clock;
  /** Answers and asks for this tab, under its publisher's name. */
  readonly publisher: string;
  readonly sender: Pick<Sender, "ageMs" | "hello" | "resend" | "want" | "welcome">;
  /** The way into the bus. */
  readonly receive: Receive;
  onReceived(message: Message): void;
  onDuplicate(): void;
  onRepaired(): void;
  onRejected(error: CrossTabError): void;
  onGap(error: MessageGapError): void;
}

/** One publisher that was heard. */
interface Heard {
  readonly incoming: Incoming;
  /** As it says last, for it may change while the tab is young. */
  clientId: string;
}

/** Delivers what other tabs sent: of each publisher in its order, and once. Answers their questions. */
export class Receiver {
  readonly #context: ReceiverContext;
  /** By publisher; least recent first. */
  readonly #heard = new Map<string, Heard>();

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
    for (const { incoming } of this.#heard.values()) incoming.dispose();
    this.#heard.clear();
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
        this.#heard.get(envelope.publisher)?.incoming.learnLost(envelope.from, envelope.last);
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
    const { last, base, ageMs = 0, asked } = envelope;
    const isFresh = this.#context.sender.ageMs - ageMs <= LONGEST_ROUND_TRIP_MS;
    if (isForUs && isFresh && base !== undefined) incoming.learnBase(base);
    incoming.learnEnd(last, isForUs ? asked : undefined);
  }

  /** What is known of the sender, which is now the one heard last. */
  #of(envelope: Envelope): Incoming {
    const { publisher, clientId } = envelope;
    const heard = this.#heard.get(publisher) ?? this.#meet(envelope);
    heard.clientId = clientId;
    this.#heard.delete(publisher);
    this.#heard.set(publisher, heard);
    if (this.#heard.size > MAX_PUBLISHERS) {
      const [leastRecent] = this.#heard.keys();
      this.#heard.get(leastRecent as string)?.incoming.dispose();
      this.#heard.delete(leastRecent as string);
    }
    return heard.incoming;
  }

  #meet({ publisher, clientId }: Envelope): Heard {
    const { clock, sender, onDuplicate, onRepaired, onGap } = this.#context;
    const incoming = new Incoming({
      clock,
      deliver: (message) => this.#deliver(message, heard.clientId),
      onDuplicate,
      onRepaired,
      askBase: () => sender.hello(publisher),
      ask: (from, to) => sender.want(publisher, from, to),
      onGap: (from, to) => onGap(new MessageGapError(heard.clientId, publisher, [from, to])),
    });
    const heard: Heard = { incoming, clientId };
    return heard;
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
