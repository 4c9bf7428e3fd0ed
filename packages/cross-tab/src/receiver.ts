import type { Clock, Message, Receive, Unsubscribe } from "@pubsub-mfe/core";
import { CrossTabError, envelopeRejected, MessageGapError } from "./errors.js";
import { Incoming } from "./incoming.js";
import type { LogRepair } from "./log-repair.js";
import { ownOrigin } from "./own-origin.js";
import type { Relay } from "./relay.js";
import type { Sender } from "./sender.js";
import {
  type DigestEnvelope,
  type Envelope,
  type HelloEnvelope,
  type MessagesEnvelope,
  readEnvelope,
  type WantedEnvelope,
} from "./wire.js";

/** Of how many publishers it is known what they sent last; each load of a page is one. */
const MAX_PUBLISHERS = 1_000;

/**
 * How long ago a hello may be to which the answer comes, in milliseconds. One that waited for a frozen
 * or busy tab gives as old what was sent in the meantime.
 */
const LONGEST_ROUND_TRIP_MS = 250;

/** What is had from the log counts as of one tab. */
const LOG = "the log";
/** Others speak of a tab that is gone after the leader, if they know more. */
const LEADER_SPEAKS_MS = 300;

/** What a receiver works with. */
export interface ReceiverContext {
  readonly clock: Clock;
  /** Answers and asks for this tab, under its publisher's name. */
  readonly publisher: string;
  readonly sender: Pick<Sender, "ageMs" | "hello" | "resend" | "want" | "welcome">;
  /** The way into the bus. */
  readonly receive: Receive;
  /** @returns whether a message may come in; where not, that was told */
  admits(message: Message, publisher: string, clientId: string): boolean;
  onReceived(message: Message): void;
  onDuplicate(): void;
  onRepaired(): void;
  onRejected(error: CrossTabError): void;
  onGap(error: MessageGapError): void;
  /** Whether this tab speaks for those that cannot any more. */
  isLeading(): boolean;
  /** How many tabs there are. */
  tabCount(): number;
  readonly relay: Relay;
  readonly repair: LogRepair | undefined;
}

/** One publisher that was heard. */
interface Heard {
  readonly incoming: Incoming;
  origin: string;
  /** As it says last, for it may change while the tab is young. */
  clientId: string;
  /** Whether it is known to have ended. */
  isGone: boolean;
  /** How far it, or somebody for it, has told all others that it has come. */
  toldEnd: number;
  readonly isMissed: boolean;
}

/** Delivers what other tabs sent: of each publisher in its order, and once. Answers their questions. */
export class Receiver {
  readonly #context: ReceiverContext;
  /** By publisher; least recent first. */
  readonly #heard = new Map<string, Heard>();
  readonly #timers = new Set<Unsubscribe>();
  /** Where that comes from which is being received. */
  #origin = "null";

  constructor(context: ReceiverContext) {
    this.#context = context;
  }

  /** Of how many publishers it is known how far they have come. */
  get publisherCount(): number {
    return this.#heard.size;
  }

  readonly receive = (data: unknown, origin: string): void => {
    this.#context.repair?.hear();
    this.#origin = origin;
    const envelope = readEnvelope(data);
    if (typeof envelope === "string") {
      this.#context.onRejected(envelopeRejected(envelope));
      return;
    }
    if (envelope.publisher !== this.#context.publisher) this.#dispatch(envelope);
  };

  /** A tab is gone: whoever knows most tells how far it had come, and the log may have more. */
  seeOff(clientId: string): void {
    const { relay, repair, isLeading } = this.#context;
    const ended = [...this.#heard].filter(([, heard]) => heard.clientId === clientId);
    for (const [publisher, heard] of ended) {
      heard.isGone = true;
      const tellEnd = () => {
        // Not what was told already, for what all know needs no word.
        const { knownEnd } = heard.incoming;
        if (knownEnd > heard.toldEnd) relay.tellEnd({ publisher, clientId }, knownEnd);
      };
      if (isLeading()) tellEnd();
      else this.#after(LEADER_SPEAKS_MS, tellEnd);
    }
    // Of a tab that was never heard everything is missing.
    const times = ended.map(([, { incoming }]) => incoming.lastMs ?? Number.NEGATIVE_INFINITY);
    repair?.lookBack(times.length > 0 ? Math.min(...times) : undefined);
  }

  /** Delivers what the log has, unless the bus has it. */
  restore(message: Message): void {
    if (!this.#context.admits(message, LOG, LOG)) return;
    if (this.#deliver(message, { _origin: ownOrigin() }, () => {})) this.#context.onRepaired();
  }

  dispose(): void {
    for (const cancel of this.#timers) cancel();
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
        this.#greet(envelope);
        break;
      case "digest":
        this.#learn(envelope);
        break;
      case "wanted":
        this.#answer(envelope);
        break;
      case "names":
        if (envelope.to === own) this.#learnNames(this.#of(envelope), envelope.from, envelope.ids);
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
    const { repair, relay, isLeading, tabCount } = this.#context;
    // Of two tabs one sends and one receives: there is none to miss anything.
    if (!isResent && isLeading() && tabCount() > 2) relay.keep(envelope);
    const heard = this.#of(envelope);
    repair?.claim(
      messages.map((message) => message?.id),
      heard,
    );
    heard.incoming.receive(from, messages, { isResent, isForOthers });
  }

  #greet(envelope: HelloEnvelope): void {
    const heard = this.#heard.get(envelope.publisher);
    // It was seen off, and is back.
    if (heard) heard.isGone = false;
    // Heard from its beginning.
    if (envelope.last === 0) this.#of(envelope).incoming.learnBase(0);
  }

  #answer(envelope: WantedEnvelope): void {
    const { publisher: own, sender, relay, isLeading } = this.#context;
    const { publisher, of, from, to, again } = envelope;
    if (of === own) sender.resend(publisher, from, to);
    else if (again && isLeading()) relay.answer(envelope);
  }

  #learn(envelope: DigestEnvelope): void {
    const heard = this.#of(envelope);
    const { incoming } = heard;
    const isForUs = envelope.to === this.#context.publisher;
    const { last, base, ageMs = 0, asked, ids = [] } = envelope;
    const isFresh = this.#context.sender.ageMs - ageMs <= LONGEST_ROUND_TRIP_MS;
    if (isForUs && isFresh && base !== undefined) incoming.learnBase(base);
    this.#learnNames(heard, last - ids.length + 1, ids);
    heard.toldEnd = Math.max(heard.toldEnd, last);
    incoming.learnEnd(last, isForUs ? asked : undefined, envelope.to !== undefined);
  }

  #after(delayMs: number, fn: () => void): void {
    const cancel = this.#context.clock.setTimer(() => {
      this.#timers.delete(cancel);
      fn();
    }, delayMs);
    this.#timers.add(cancel);
  }

  #learnNames(heard: Heard, from: number, ids: readonly string[]): void {
    this.#context.repair?.claim(ids, heard);
    heard.incoming.learnNames(from, ids);
  }

  /** What is known of the sender, which is now the one heard last. */
  #of(envelope: Envelope): Heard {
    const { publisher, clientId } = envelope;
    const heard = this.#heard.get(publisher) ?? this.#meet(envelope);
    heard.clientId = clientId;
    heard.origin = this.#origin;
    this.#heard.delete(publisher);
    this.#heard.set(publisher, heard);
    if (this.#heard.size > MAX_PUBLISHERS) {
      const [leastRecent] = this.#heard.keys();
      this.#heard.get(leastRecent as string)?.incoming.dispose();
      this.#heard.delete(leastRecent as string);
    }
    return heard;
  }

  #meet({ publisher, clientId }: Envelope): Heard {
    const { clock, sender, repair, admits, onDuplicate, onRepaired, onGap } = this.#context;
    const incoming = new Incoming({
      clock,
      deliver: (message) => {
        const { clientId: _sourceClientId, origin: _origin } = heard;
        if (!admits(message, publisher, _sourceClientId)) return false;
        return this.#deliver(message, { _sourceClientId, _origin }, onDuplicate);
      },
      onDone: (id) => repair?.reach(id),
      onDuplicate,
      onRepaired,
      askBase: () => sender.hello(publisher),
      ask: (from, to, isAgain) => sender.want(publisher, from, to, isAgain),
      recover: repair && ((missing) => repair.recover(heard, missing)),
      onGap: (from, to) => onGap(new MessageGapError(heard.clientId, publisher, [from, to])),
    });
    const heard: Heard = {
      incoming,
      clientId,
      origin: this.#origin,
      isGone: false,
      toldEnd: 0,
      get isMissed() {
        return !incoming.isComplete;
      },
    };
    return heard;
  }

  /** @returns whether it was new */
  #deliver(message: Message, from: object, onKnown: () => void): boolean {
    const { receive, onReceived, onRejected } = this.#context;
    const added = { _crossTab: true, ...from };
    try {
      const isNew = receive(message, added);
      if (isNew) onReceived(message);
      else onKnown();
      return isNew;
    } catch (error) {
      onRejected(
        new CrossTabError("ENVELOPE_REJECTED", `A message of another tab was refused: ${error}`, {
          cause: error,
        }),
      );
      return false;
    }
  }
}
