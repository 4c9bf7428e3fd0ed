import {
  type LinkConnection,
  type Presence,
  type PresentTab,
  type PubSubBus,
  type Receive,
  systemClock,
  type Unsubscribe,
} from "@pubsub-mfe/core";
import { callback, PREFIX } from "./callback.js";
import { CrossTabError, type MessageGapError } from "./errors.js";
import { Exchange } from "./exchange.js";
import type { LeadCallback, LeadOptions } from "./leadership/leader-scope.js";
import { Membership } from "./membership.js";
import { randomName } from "./random-name.js";
import { type AutoTransport, chooseTransport, createAutoTransport } from "./transports/auto.js";
import type { Transport } from "./transports/transport.js";
import type { CrossTabAdapter, CrossTabConfig, CrossTabStats } from "./types.js";

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
export function createCrossTabAdapter(config: CrossTabConfig = {}): CrossTabAdapter {
  return new CrossTab(config);
}

class CrossTab implements CrossTabAdapter {
  readonly #config: CrossTabConfig;
  readonly #channelName: string;
  readonly #membership: Membership;
  readonly #maxBatchSize: number;
  #connection: LinkConnection | undefined;
  #sent = 0;
  #received = 0;
  #deduplicated = 0;
  #repaired = 0;
  #gaps = 0;
  #rejected = 0;
  #batches = 0;
  #largestBatch = 0;

  constructor(config: CrossTabConfig) {
    const { channelName = "pubsub-mfe", maxBatchSize = 50, clientId, clock, locks } = config;
    if (!Number.isInteger(maxBatchSize) || maxBatchSize < 1) {
      throw new CrossTabError(
        "CROSS_TAB_MISUSED",
        `maxBatchSize is ${maxBatchSize}: it must be a whole number of messages, 1 or more.`,
      );
    }
    this.#config = config;
    this.#channelName = channelName;
    this.#membership = new Membership({ channelName, clientId, clock, locks });
    this.#maxBatchSize = maxBatchSize;
  }

  async attach(bus: Pick<PubSubBus, "connect" | "publish">): Promise<void> {
    if (this.#connection) {
      throw new CrossTabError(
        "CROSS_TAB_MISUSED",
        "This adapter is attached already. Call detach() first, or create a second one.",
      );
    }
    const { transport, partitioned } = this.#chooseTransport();
    let unlisten: Unsubscribe | undefined;
    let exchange: Exchange | undefined;
    let joined: Promise<void> | undefined;
    this.#connection = bus.connect({
      domain: `origin:${this.#channelName}`,
      send: (messages) => exchange?.send(messages),
      onMessages: (receive) => {
        // Before it is used: it may fail at once.
        unlisten = transport.onError?.(this.#tell);
        exchange = this.#createExchange(transport, receive);
        joined = this.#join(bus, transport);
      },
      // What was sent is on its way already.
      flush: () => {},
      close: () => {
        this.#connection = undefined;
        this.#membership.leave();
        exchange?.close();
        transport.close();
        unlisten?.();
      },
    });
    if (partitioned) {
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
      gaps: this.#gaps,
      batchesSent: this.#batches,
      averageBatchSize: this.#batches === 0 ? 0 : this.#sent / this.#batches,
      maxBatchSizeSeen: this.#largestBatch,
      isLeader: this.isLeader(),
    };
  }

  /** Takes part among the tabs; only the adapter whose link is used does. */
  #join(bus: Pick<PubSubBus, "publish">, transport: Transport): Promise<void> {
    const { enableLeadership = false, emitSystemEvents = true } = this.#config;
    return this.#membership.join({
      send: (data) => {
        try {
          transport.send(data);
        } catch (cause) {
          const message = `The other tabs were not told of this one: ${cause}`;
          this.#tell(new CrossTabError("SEND_FAILED", message, { cause }));
        }
      },
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

  #publish(bus: Pick<PubSubBus, "publish">, topic: string, payload: unknown): void {
    // A schema or a limit of the application's may refuse it; listeners of locks cannot throw.
    callback(() => {
      bus.publish(topic, payload, { scope: "page", source: "@pubsub-mfe/cross-tab" });
    });
  }

  #refuse(reason: string): void {
    this.#rejected += 1;
    this.#tell(
      new CrossTabError("ENVELOPE_REJECTED", `What another tab sent was refused: ${reason}.`),
    );
  }

  #createExchange(transport: Transport, receive: Receive): Exchange {
    return new Exchange({
      transport: {
        send: (data) => transport.send(data),
        onMessage: (listener) =>
          transport.onMessage((data) => {
            const result = this.#membership.receive(data);
            if (typeof result === "string") this.#refuse(result);
            else if (!result) listener(data);
          }),
      },
      refuse: (message) => transport.refuse?.(message),
      receive,
      presence: this.presence,
      log: this.#config.repair,
      // Without rules of its own a link sends everything.
      sends: () => true,
      isLeading: () => this.#membership.isLeading,
      clock: this.#config.clock ?? systemClock,
      publisher: randomName(),
      // It may change until this tab has taken its part.
      clientId: () => this.#membership.clientId,
      maxBatchSize: this.#maxBatchSize,
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

  #chooseTransport(): AutoTransport {
    const { transport = "auto" } = this.#config;
    const chosen =
      transport === "auto"
        ? createAutoTransport({ channelName: this.#channelName })
        : chooseTransport([transport]);
    this.#log("transport", chosen.fallbackChain);
    return chosen;
  }

  #tellGap(error: MessageGapError): void {
    const { publisher: from, count, range } = error;
    this.#gaps += 1;
    this.#connection?.report({ type: "gap", kind: "link", from, count, range });
    this.#tell(error);
  }

  readonly #tell = (error: CrossTabError): void => {
    const { onError = (error) => console.warn(PREFIX, error) } = this.#config;
    callback(() => onError(error));
  };

  #log(...details: unknown[]): void {
    if (this.#config.debug) console.debug(PREFIX, ...details);
  }
}
