import type { Clock } from "../clock.js";
import type { Inspectable } from "../diagnostics/inspect-protocol.js";
import type { Probe } from "../diagnostics/probe.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { PAGE } from "../links/domains.js";
import type { ConnectOptions, Link, LinkConnection } from "../links/link.js";
import { Links } from "../links/links.js";
import type { Listeners } from "../links/listeners.js";
import type { Neighbours } from "../page/neighbours.js";
import type { CopyInfo, WaysIn } from "../page/port.js";
import { inOrder } from "../policy/in-order.js";
import { Retention } from "../policy/retention.js";
import type { Subscription } from "../topics/subscription.js";
import type { Subscriptions } from "../topics/subscriptions.js";
import type { HistoryQuery, Message, PubSubConfig } from "../types.js";
import { DeliveryQueue } from "./queue.js";
import { replayRetained } from "./replay.js";

/** How a bus gets to know the others of its page: it tells the ways into it, and is told of them. */
export type MeetNeighbours = (ways: WaysIn) => {
  readonly neighbours: Neighbours;
  readonly port?: CopyInfo;
  /** What the page has retained until now. */
  readonly retained?: readonly Message[];
};

/** What the intake works with. */
export interface IntakeContext {
  readonly config: PubSubConfig;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly probe: Probe;
  readonly isOwnId: (id: string) => boolean;
  readonly subscriptions: Subscriptions;
  readonly subscriptionListeners: Listeners<string>;
  readonly inspectable: () => Inspectable;
  readonly meet: MeetNeighbours;
}

/**
 * What becomes of a message once it is one, wherever it is from: the other copies of the page get it,
 * it is retained, offered to the links, and queued for the handlers.
 */
export class Intake {
  readonly neighbours: Neighbours;
  /** This bus, as the other copies of its page see it. */
  readonly port: CopyInfo | undefined;
  readonly queue: DeliveryQueue;
  #retention: Retention | undefined;
  readonly #context: IntakeContext;
  readonly #links: Links;

  constructor(context: IntakeContext) {
    const { config, clock, reporter, probe, subscriptions } = context;
    this.#context = context;
    this.#retention = config.retention && new Retention(config.retention, clock);
    const { neighbours, port, retained } = context.meet(this.#waysIn());
    this.neighbours = neighbours;
    this.port = port;
    this.#retain(retained ?? []);
    this.#links = new Links({
      isOwnId: context.isOwnId,
      reporter,
      port,
      page: neighbours,
      endTurn: this.#endTurn,
      admit: (bare, view, from) =>
        this.spread(bare, view, from, subscriptions.match(bare.topic), true),
      retained: () => this.#retention && this.retained("#", {}),
      retain: (messages) => this.#restore(messages),
    });
    this.queue = new DeliveryQueue({
      clock,
      beforeHandlers: this.#beforeHandlers,
      onFailure: reporter.handlerFailed,
      probe,
      onDelivered: reporter.isListening ? reporter.delivered : undefined,
    });
  }

  /**
   * Takes in a message of this copy or one of its links, and gives it to the other copies at once: so
   * all have one order.
   *
   * @param bare - what goes on to the links
   * @param view - what handlers get
   * @param from - the domain that it is from
   * @param leaves - whether it may leave the page
   */
  spread(
    bare: Message,
    view: Message,
    from: string,
    subscriptions: readonly Subscription[],
    leaves: boolean,
  ): void {
    this.#tellArrival("published", view, from, subscriptions, leaves);
    this.neighbours.accept(bare, view, from, leaves);
    this.#admit(bare, view, from, subscriptions, leaves);
  }

  /** Gives a message to the handlers of this bus alone. */
  deliver(message: Message): void {
    const subscriptions = this.#context.subscriptions.match(message.topic);
    this.#tellArrival("received", message, "hooks", subscriptions, false);
    this.#enqueue(message, subscriptions);
  }

  connect(link: Link, options: ConnectOptions): LinkConnection {
    return this.#links.connect(link, options);
  }

  /** What is retained of a pattern, oldest first. */
  retained(pattern: string, query: HistoryQuery): Message[] {
    return this.#retention?.query(pattern, query) ?? [];
  }

  get retention(): Retention | undefined {
    return this.#retention;
  }

  replay(subscription: Subscription, request: number | "latest"): void {
    const { reporter, probe } = this.#context;
    if (this.#retention) {
      replayRetained(this.#retention, subscription, request, reporter, probe);
    }
  }

  /** Hands over what is due, and leaves the page. */
  leave(): void {
    this.#links.close();
    this.neighbours.leave();
  }

  clear(): void {
    this.queue.clear();
    this.#retention?.clear();
  }

  readonly #endTurn = (): void => {
    this.#links.handOver();
    this.neighbours.handOver();
  };

  readonly #beforeHandlers = (): void => {
    if (this.neighbours.isGone) this.queue.clear();
    else this.#endTurn();
  };

  #waysIn(): WaysIn {
    const { clock, reporter, subscriptions, subscriptionListeners, inspectable } = this.#context;
    return {
      accept: (bare, view, from, leaves) => {
        if (from !== PAGE && this.#links.hasSeen(bare.id)) return;
        const matching = subscriptions.match(bare.topic);
        this.#tellArrival("received", view, from, matching, leaves);
        this.#admit(bare, view, from, matching, leaves);
      },
      handOver: () => this.#links.handOver(),
      handlerCount: (pattern) => subscriptions.count(pattern),
      subscriptionsChanged: (pattern) => subscriptionListeners.tell(pattern),
      inspectable,
      retained: () => this.retained("#", {}),
      retain: (config, retained) => {
        this.#retention = new Retention(config, clock);
        this.#retain(retained);
      },
      tell: (event) => reporter.tell(event),
    };
  }

  #retain(messages: readonly Message[]): void {
    for (const message of messages) this.#retention?.add(message);
  }

  /** Puts messages in their order among those that the page has retained. */
  #restore(messages: readonly Message[]): boolean {
    const config = this.#retention?.config;
    if (!config) return false;
    if (messages.length === 0) return true;
    const retained = inOrder([...messages, ...this.retained("#", {})]);
    this.#retention = new Retention(config, this.#context.clock);
    this.#retain(retained);
    this.neighbours.retain(config, retained);
    return true;
  }

  /** What becomes of a message here. */
  #admit(
    bare: Message,
    view: Message,
    from: string,
    subscriptions: readonly Subscription[],
    leaves: boolean,
  ): void {
    this.#retention?.add(view);
    if (leaves) this.#links.offer(bare, from);
    this.#enqueue(view, subscriptions);
  }

  #enqueue(message: Message, subscriptions: readonly Subscription[]): void {
    const { reporter, subscriptions: all } = this.#context;
    if (subscriptions.length === 0 && !reporter.isListening) return;
    this.queue.push(message, subscriptions, all.nextSequence);
  }

  #tellArrival(
    type: "published" | "received",
    message: Message,
    from: string,
    { length: matches }: readonly Subscription[],
    leaves: boolean,
  ): void {
    const { probe } = this.#context;
    if (probe.isWatched) probe.tell({ type, message, from, leaves, matches });
  }
}
