import {
  type LinkConnection,
  type Presence,
  type PresentTab,
  type PubSubBus,
  type Receive,
  reportUncaught,
  type Unsubscribe,
} from "@pubsub-mfe/core";
import { compileTopicRules, Listeners } from "@pubsub-mfe/core/stores";
import { callback, PREFIX } from "./callback.js";
import { CatchUp } from "./catch-up/catch-up.js";
import { CrossTabError, type MessageGapError } from "./errors.js";
import { Exchange } from "./exchange.js";
import type { LeadCallback, LeadOptions } from "./leadership/leader-scope.js";
import { AnswerBudget } from "./limits/answer-budget.js";
import { Gate } from "./limits/gate.js";
import { Line } from "./line.js";
import { Membership } from "./membership.js";
import { ownOrigin } from "./own-origin.js";
import { randomName } from "./random-name.js";
import { type CrossTabSettings, check, methods, readSettings } from "./settings.js";
import { describeOptions, differing, readSharedLink, type SharedLink } from "./shared-link.js";
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
  readonly #config: CrossTabConfig;
  readonly #settings: CrossTabSettings;
  readonly #membership: Membership;
  readonly #gate: Gate;
  /** What it was attached to last. */
  #bus: LinkedBus | undefined;
  #line: Line | undefined;
  #exchange: Exchange | undefined;
  #catchUp: CatchUp | undefined;
  /** Ends that another adapter of the page takes part for this one. */
  #unfollow: Unsubscribe | undefined;
  #connection: LinkConnection | undefined;
  #sent = 0;
  #received = 0;
  #deduplicated = 0;
  #repaired = 0;
  #gaps = 0;
  #rejected = 0;
  #batches = 0;
  #largestBatch = 0;

  constructor(config: CrossTabConfig = {}) {
    const settings = readSettings(config);
    this.#config = config;
    this.#settings = settings;
    this.#membership = new Membership(settings);
    this.#gate = new Gate({
      ...settings,
      tell: (error) => {
        const { code, message } = error;
        this.#connection?.report({ type: "warning", code, message, details: error });
        this.#tell(error);
      },
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
        shared: this.#share(ended, () => joined ?? Promise.resolve()),
        send: (messages) => this.#exchange?.send(messages),
        onMessages: (receive) => {
          this.#unfollow?.();
          this.#exchange = this.#createExchange(line, receive);
          const catchUp = this.#createCatchUp(line);
          this.#catchUp = catchUp;
          joined = this.#join(bus, line).then(() => catchUp.run());
        },
        flush: () => this.#exchange?.flush(),
        close: () => {
          this.#connection = undefined;
          this.#unfollow?.();
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
    if (!joined) joined = this.#follow(connection);
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
    return this.#config.enableLeadership === true && this.#membership.isLeading;
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
      messagesSent: this.#sent,
      messagesReceived: this.#received,
      messagesDeduplicated: this.#deduplicated,
      messagesRepaired: this.#repaired,
      messagesRejected: this.#rejected,
      ...this.#gate.counts,
      gaps: this.#gaps,
      batchesSent: this.#batches,
      averageBatchSize: this.#batches === 0 ? 0 : this.#sent / this.#batches,
      maxBatchSizeSeen: this.#largestBatch,
      dedupeCacheSize: this.#exchange?.publisherCount ?? 0,
      isLeader: this.isLeader(),
    };
  }

  #share(ended: Listeners<void>, caughtUp: () => Promise<void>): SharedLink {
    const membership = this.#membership;
    return {
      version: 1,
      options: describeOptions(this.#settings),
      presence: membership.presence,
      clientId: () => membership.clientId,
      isLeading: () => membership.isLeading,
      lead: (...work) => membership.lead(...work),
      resign: () => membership.resign(),
      caughtUp,
      onEnd: (listener) => ended.add(listener),
    };
  }

  /** Joins the adapter whose link the page uses. @returns when that has caught up */
  async #follow(connection: LinkConnection): Promise<void> {
    const host = connection.active ? undefined : readSharedLink(connection.shared);
    if (!host || connection !== this.#connection) return;
    const stop = this.#membership.follow(host);
    const stopListening = host.onEnd(() => {
      this.#unfollow?.();
      // By then the next link is open: it may be this one.
      queueMicrotask(() => void this.#follow(connection));
    });
    this.#unfollow = () => {
      this.#unfollow = undefined;
      stop();
      stopListening();
    };
    this.#tellDifferences(host);
    await host.caughtUp();
  }

  #tellDifferences(host: SharedLink): void {
    const names = differing(this.#settings, this.#config, host);
    if (names.length === 0) return;
    const { channelName } = this.#settings;
    const message = `Another adapter of this page carries the channel "${channelName}", and these options of this one differ: ${names.join(", ")}. They count for nothing: give all adapters of a page the same, or attach one.`;
    this.#connection?.report({ type: "warning", code: "OPTIONS_DIFFER", message });
    this.#tell(new CrossTabError("OPTIONS_DIFFER", message));
  }

  /** Takes part among the tabs; only the adapter whose link is used does. */
  #join(bus: LinkedBus, line: Line): Promise<void> {
    const { enableLeadership = false, emitSystemEvents = true } = this.#config;
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

  #refuse(reason: string): void {
    this.#rejected += 1;
    this.#tell(
      new CrossTabError("ENVELOPE_REJECTED", `What another tab sent was refused: ${reason}.`),
    );
  }

  #createExchange(line: Line, receive: Receive): Exchange {
    const { clock, maxBatchSize, batchIntervalMs, rules } = this.#settings;
    return new Exchange({
      transport: {
        send: (data) => line.send(data),
        onMessage: (listener) =>
          line.open((data, from) => {
            const origin = from || ownOrigin();
            if (!this.#gate.admitsOrigin(origin)) return;
            const result = this.#membership.receive(data);
            if (typeof result === "string") this.#refuse(result);
            else if (!result && !this.#catchUp?.receive(data)) listener(data, origin);
          }),
      },
      refuse: (message) => line.refuse(message),
      receive,
      presence: this.presence,
      log: this.#config.repair,
      sends: compileTopicRules(rules.send) ?? (() => true),
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
        this.#sent += length;
        this.#batches += 1;
        this.#largestBatch = Math.max(this.#largestBatch, length);
      },
      onReceived: ({ topic, id }) => {
        this.#log("received", topic, id);
        this.#received += 1;
      },
      onDuplicate: () => {
        this.#deduplicated += 1;
      },
      onRepaired: () => {
        this.#repaired += 1;
      },
      onRejected: (error) => {
        this.#rejected += 1;
        this.#tell(error);
      },
      onGap: (error) => this.#tellGap(error),
      onLogError: (cause) => {
        const message = `What the log has of the messages missing here could not be read: ${cause}`;
        this.#tell(new CrossTabError("REPAIR_FAILED", message, { cause }));
      },
      onError: this.#tell,
    });
  }

  #createCatchUp(line: Line): CatchUp {
    const { clock, rules, repair, catchUp = {} } = this.#settings;
    return new CatchUp({
      ...this.#settings,
      options: catchUp,
      log: repair,
      connection: () => this.#connection,
      sends: compileTopicRules(rules.send) ?? (() => true),
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
    this.#gaps += 1;
    this.#connection?.report({ type: "gap", kind: "link", from, clientId, count, range });
    this.#tell(error);
  }

  readonly #tell = (error: CrossTabError): void => {
    callback(() => this.#settings.onError(error));
  };

  #log(...details: unknown[]): void {
    if (this.#config.debug) console.debug(PREFIX, ...details);
  }
}

export type CrossTabAdapter = Adapter;
/** The same as {@link createCrossTabAdapter}, for those who write `new`. */
export const CrossTabAdapter: new (config?: CrossTabConfig) => CrossTabAdapter = CrossTab;
