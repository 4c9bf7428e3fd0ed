import {
  type LinkConnection,
  type Presence,
  type PresentTab,
  type PubSubBus,
  type Receive,
  reportUncaught,
} from "@pubsub-mfe/core";
import { compileTopicRules, Listeners } from "@pubsub-mfe/core/stores";
import { callback, PREFIX } from "./callback.js";
import { CatchUp } from "./catch-up/catch-up.js";
import { Counters } from "./counters.js";
import { CrossTabError, envelopeRejected, type MessageGapError } from "./errors.js";
import { Exchange } from "./exchange.js";
import { Following } from "./following.js";
import type { LeadCallback, LeadOptions } from "./leadership/leader-scope.js";
import { AnswerBudget } from "./limits/answer-budget.js";
import { Gate } from "./limits/gate.js";
import { Line } from "./line.js";
import { Membership } from "./membership.js";
import { ownOrigin } from "./own-origin.js";
import { randomName } from "./random-name.js";
import { type CrossTabSettings, check, methods, readSettings } from "./settings.js";
import { shareLink } from "./share-link.js";
import { type AutoTransport, chooseTransport, createAutoTransport } from "./transports/auto.js";
import type { CrossTabAdapter as Adapter, CrossTabConfig, CrossTabStats } from "./types.js";

type LinkedBus = Pick<PubSubBus, "connect" | "publish">;

/**
 * Creates a link from a bus to the same bus in the other tabs of the origin.
 *
 * @throws {@link CrossTabError} `CROSS_TAB_MISUSED` for an option with a value that it cannot have
 *
 * @example
 * ```ts
 * const tabs = createCrossTabAdapter({ channelName: "shop" });
 * await tabs.attach(bus);
 * ```
 */
export function createCrossTabAdapter(config: CrossTabConfig = {}): Adapter {
  return new CrossTab(config);
}

class CrossTab implements Adapter {
  readonly #settings: CrossTabSettings;
  readonly #membership: Membership;
  readonly #gate: Gate;
  readonly #following: Following;
  readonly #counters = new Counters();
  /** Whether messages of a topic go out. */
  readonly #sends: (topic: string) => boolean;
  /** What it was attached to last. */
  #bus: LinkedBus | undefined;
  #line: Line | undefined;
  #exchange: Exchange | undefined;
  #catchUp: CatchUp | undefined;
  #connection: LinkConnection | undefined;

  constructor(config: CrossTabConfig = {}) {
    const settings = readSettings(config);
    this.#settings = settings;
    this.#membership = new Membership(settings);
    this.#sends = compileTopicRules(settings.rules.send) ?? (() => true);
    this.#gate = new Gate({ ...settings, tell: this.#warn });
    this.#following = new Following({
      settings,
      given: config,
      membership: this.#membership,
      isAttached: (connection) => connection === this.#connection,
      tell: this.#warn,
    });
  }

  async attach(bus: LinkedBus): Promise<void> {
    check("The bus", bus, methods("connect", "publish"));
    if (this.#connection) {
      throw new CrossTabError(
        "CROSS_TAB_MISUSED",
        "This adapter is attached already. Call detach() first, or create a second one.",
      );
    }
    const line = new Line(() => this.#chooseTransport(), this.#tell);
    const { channelName, rules } = this.#settings;
    let joined: Promise<void> | undefined;
    const ended = new Listeners<void>((thrown) => reportUncaught(thrown, PREFIX));
    const connection = bus.connect(
      {
        domain: `origin:${channelName}`,
        shared: shareLink(this.#settings, this.#membership, {
          caughtUp: () => joined ?? Promise.resolve(),
          onEnd: (listener) => ended.add(listener),
        }),
        send: (messages) => this.#exchange?.send(messages),
        onMessages: (receive) => {
          this.#following.stop();
          this.#exchange = this.#createExchange(line, receive);
          const catchUp = this.#createCatchUp(line);
          this.#catchUp = catchUp;
          joined = this.#join(bus, line).then(() => catchUp.run());
        },
        flush: () => this.#exchange?.flush(),
        close: () => {
          this.#connection = undefined;
          this.#following.stop();
          this.#membership.leave();
          this.#exchange?.close();
          this.#exchange = undefined;
          this.#catchUp?.close();
          line.close();
          ended.tell();
        },
      },
      rules,
    );
    this.#connection = connection;
    joined ??= this.#following.start(connection);
    this.#bus = bus;
    this.#line = line;
    if (line.partitioned) {
      this.#connection.report({
        type: "warning",
        code: "STORAGE_PARTITIONED",
        message: "A page of another site shows this one, which is kept apart from its own tabs.",
      });
    }
    await joined;
  }

  detach(): void {
    this.#connection?.dispose();
  }

  async reconnect(): Promise<void> {
    if (!this.#bus) {
      throw new CrossTabError(
        "DETACHED",
        "This adapter never was attached: call attach(bus) first.",
      );
    }
    if (!this.#connection) return this.attach(this.#bus);
    try {
      this.#line?.reopen();
    } catch (error) {
      this.detach();
      throw error;
    }
    this.#exchange?.catchUp();
    this.#membership.catchUp();
  }

  async lead<T>(callback: LeadCallback<T>, options?: LeadOptions): Promise<T> {
    if (!this.#connection) {
      throw new CrossTabError("DETACHED", "This adapter is not attached: call attach(bus) first.");
    }
    return this.#membership.lead(callback, options);
  }

  resign(): void {
    this.#membership.resign();
  }

  isLeader(): boolean {
    return this.#settings.enableLeadership && this.#membership.isLeading;
  }

  get presence(): Presence {
    return this.#membership.presence;
  }

  tabs(): readonly PresentTab[] {
    return this.presence.tabs();
  }

  getStats(): CrossTabStats {
    return {
      clientId: this.#membership.clientId,
      ...this.#counters.stats,
      ...this.#gate.counts,
      dedupeCacheSize: this.#exchange?.publisherCount ?? 0,
      isLeader: this.isLeader(),
    };
  }

  /** Takes part among the tabs; only the adapter whose link is used does. */
  #join(bus: LinkedBus, line: Line): Promise<void> {
    const { enableLeadership, emitSystemEvents } = this.#settings;
    return this.#membership.join({
      send: (data) => this.#post(line, data),
      publish:
        enableLeadership && emitSystemEvents
          ? (topic, payload) => this.#publish(bus, topic, payload)
          : undefined,
      onUnavailable: (error) =>
        this.#connection?.report({
          type: "warning",
          code: "LOCKS_UNAVAILABLE",
          message: `There is no leader here, and this tab knows of no other. ${(error as Error).message}`,
          details: error,
        }),
    });
  }

  #publish(bus: LinkedBus, topic: string, payload: unknown): void {
    // A schema or a limit of the application's may refuse it; listeners of locks cannot throw.
    callback(() => {
      bus.publish(topic, payload, { scope: "page", source: "@pubsub-mfe/cross-tab" });
    });
  }

  /** Sends what is not of the application. */
  #post(line: Line, data: unknown): void {
    try {
      line.send(data);
    } catch (cause) {
      const message = `The other tabs were not told of this one: ${cause}`;
      this.#tell(new CrossTabError("SEND_FAILED", message, { cause }));
    }
  }

  readonly #reject = (error: CrossTabError): void => {
    this.#counters.count("messagesRejected");
    this.#tell(error);
  };

  #createExchange(line: Line, receive: Receive): Exchange {
    const { clock, maxBatchSize, batchIntervalMs, repair } = this.#settings;
    return new Exchange({
      transport: {
        send: (data) => line.send(data),
        onMessage: (listener) =>
          line.open((data, from) => {
            const origin = from || ownOrigin();
            if (!this.#gate.admitsOrigin(origin)) return;
            const result = this.#membership.receive(data);
            if (typeof result === "string") this.#reject(envelopeRejected(result));
            else if (!result && !this.#catchUp?.receive(data)) listener(data, origin);
          }),
      },
      refuse: (message) => line.refuse(message),
      receive,
      presence: this.presence,
      log: repair,
      sends: this.#sends,
      isLeading: () => this.#membership.isLeading,
      tabCount: () => this.tabs().length,
      clock,
      publisher: randomName(),
      // It may change until this tab has taken its part.
      clientId: () => this.#membership.clientId,
      maxBatchSize,
      batchIntervalMs,
      admit: (message, bytes) => this.#gate.admitsSize(message, bytes),
      admits: (...arrived) => this.#gate.admits(...arrived),
      onSent: ({ length }) => {
        this.#log("sent", length);
        this.#counters.countBatch(length);
      },
      onReceived: ({ topic, id }) => {
        this.#log("received", topic, id);
        this.#counters.count("messagesReceived");
      },
      onDuplicate: () => this.#counters.count("messagesDeduplicated"),
      onRepaired: () => this.#counters.count("messagesRepaired"),
      onRejected: this.#reject,
      onGap: (error) => this.#tellGap(error),
      onLogError: (cause) => {
        const message = `What the log has of the messages missing here could not be read: ${cause}`;
        this.#tell(new CrossTabError("REPAIR_FAILED", message, { cause }));
      },
      onError: this.#tell,
    });
  }

  #createCatchUp(line: Line): CatchUp {
    const { clock, repair, catchUp = {} } = this.#settings;
    return new CatchUp({
      ...this.#settings,
      options: catchUp,
      log: repair,
      connection: () => this.#connection,
      sends: this.#sends,
      presence: this.presence,
      answers: new AnswerBudget(clock),
      clientId: () => this.#membership.clientId,
      isLeading: () => this.#membership.isLeading,
      refuse: (message) => line.refuse(message),
      send: (envelope) => this.#post(line, envelope),
      onError: this.#tell,
    });
  }

  #chooseTransport(): AutoTransport {
    const { transport, channelName } = this.#settings;
    const given = typeof transport === "function" ? transport() : transport;
    const chosen =
      given === "auto" ? createAutoTransport({ channelName }) : chooseTransport([given]);
    this.#log("transport", chosen.fallbackChain);
    return chosen;
  }

  #tellGap(error: MessageGapError): void {
    const { publisher: from, clientId, count, range } = error;
    this.#counters.count("gaps");
    this.#connection?.report({ type: "gap", kind: "link", from, clientId, count, range });
    this.#tell(error);
  }

  readonly #warn = (error: CrossTabError): void => {
    const { code, message } = error;
    this.#connection?.report({ type: "warning", code, message, details: error });
    this.#tell(error);
  };

  readonly #tell = (error: CrossTabError): void => {
    callback(() => this.#settings.onError(error));
  };

  #log(...details: unknown[]): void {
    if (this.#settings.debug) console.debug(PREFIX, ...details);
  }
}

/** Carries the messages of a bus to the other tabs of the origin, and theirs to it. */
export interface CrossTabAdapter extends Adapter {}
/** The same as {@link createCrossTabAdapter}, for those who write `new`. */
export const CrossTabAdapter: new (config?: CrossTabConfig) => CrossTabAdapter = CrossTab;
