import {
  type LinkConnection,
  type PubSubBus,
  type Receive,
  reportUncaught,
  type Unsubscribe,
} from "@pubsub-mfe/core";
import { CrossTabError } from "./errors.js";
import { Receiver } from "./receiver.js";
import { Sender } from "./sender.js";
import { BroadcastChannelTransport } from "./transports/broadcast-channel.js";
import type { Transport } from "./transports/transport.js";
import type { CrossTabAdapter, CrossTabConfig, CrossTabStats } from "./types.js";

const PREFIX = "[@pubsub-mfe/cross-tab]";

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
  readonly #clientId: string;
  readonly #maxBatchSize: number;
  #connection: LinkConnection | undefined;
  #sent = 0;
  #received = 0;
  #deduplicated = 0;
  #rejected = 0;
  #batches = 0;
  #largestBatch = 0;

  constructor(config: CrossTabConfig) {
    const { channelName = "pubsub-mfe", maxBatchSize = 50, clientId = randomId() } = config;
    if (!Number.isInteger(maxBatchSize) || maxBatchSize < 1) {
      throw new CrossTabError(
        "CROSS_TAB_MISUSED",
        `maxBatchSize is ${maxBatchSize}: it must be a whole number of messages, 1 or more.`,
      );
    }
    this.#config = config;
    this.#channelName = channelName;
    this.#clientId = clientId;
    this.#maxBatchSize = maxBatchSize;
  }

  async attach(bus: Pick<PubSubBus, "connect">): Promise<void> {
    if (this.#connection) {
      throw new CrossTabError(
        "CROSS_TAB_MISUSED",
        "This adapter is attached already. Call detach() first, or create a second one.",
      );
    }
    const transport = this.#createTransport();
    const sender = this.#createSender(transport);
    let stopListening: Unsubscribe | undefined;
    this.#connection = bus.connect({
      domain: `origin:${this.#channelName}`,
      send: (messages) => sender.send(messages),
      onMessages: (receive) => {
        stopListening = transport.onMessage(this.#createReceiver(receive).receive);
      },
      // What was sent is on its way already.
      flush: () => {},
      close: () => {
        this.#connection = undefined;
        stopListening?.();
        transport.close();
      },
    });
  }

  detach(): void {
    this.#connection?.dispose();
  }

  getStats(): CrossTabStats {
    return {
      clientId: this.#clientId,
      messagesSent: this.#sent,
      messagesReceived: this.#received,
      messagesDeduplicated: this.#deduplicated,
      messagesRejected: this.#rejected,
      batchesSent: this.#batches,
      averageBatchSize: this.#batches === 0 ? 0 : this.#sent / this.#batches,
      maxBatchSizeSeen: this.#largestBatch,
    };
  }

  #createSender(transport: Transport): Sender {
    return new Sender({
      transport,
      publisher: randomId(),
      clientId: this.#clientId,
      maxBatchSize: this.#maxBatchSize,
      onSent: ({ length }) => {
        this.#log("sent", length);
        this.#sent += length;
        this.#batches += 1;
        this.#largestBatch = Math.max(this.#largestBatch, length);
      },
      onError: this.#tell,
    });
  }

  #createReceiver(receive: Receive): Receiver {
    return new Receiver({
      receive,
      onReceived: ({ topic, id }) => {
        this.#log("received", topic, id);
        this.#received += 1;
      },
      onDuplicate: () => {
        this.#deduplicated += 1;
      },
      onRejected: (error) => {
        this.#rejected += 1;
        this.#tell(error);
      },
      onGap: this.#tell,
    });
  }

  #createTransport(): Transport {
    const { transport = "auto" } = this.#config;
    const chosen =
      transport === "auto"
        ? new BroadcastChannelTransport({ channelName: this.#channelName })
        : transport;
    if (chosen.isAvailable()) return chosen;
    throw new CrossTabError(
      "TRANSPORT_UNAVAILABLE",
      "This environment has no BroadcastChannel, or whatever the transport given needs. The bus goes on in this page alone.",
    );
  }

  readonly #tell = (error: CrossTabError): void => {
    const { onError = (error) => console.warn(PREFIX, error) } = this.#config;
    try {
      onError(error);
    } catch (thrown) {
      reportUncaught(thrown, PREFIX);
    }
  };

  #log(...details: unknown[]): void {
    if (this.#config.debug) console.debug(PREFIX, ...details);
  }
}

/** Not `randomUUID`, which pages without https lack. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
