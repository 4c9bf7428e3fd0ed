import type { PubSubBus } from "@pubsub-mfe/core";
import type { CrossTabError } from "./errors.js";
import type { Transport } from "./transports/transport.js";

/** Options of {@link createCrossTabAdapter}. */
export interface CrossTabConfig {
  /**
   * What carries the messages. `"auto"` is a {@link BroadcastChannelTransport}.
   *
   * @defaultValue `"auto"`
   */
  readonly transport?: Transport | "auto";
  /**
   * Tabs hear each other when they use the same name; also the name of the channel of `"auto"`.
   *
   * @defaultValue `"pubsub-mfe"`
   */
  readonly channelName?: string;
  /**
   * Names this tab in `meta._sourceClientId` of what others receive from it.
   *
   * @defaultValue a random UUID
   */
  readonly clientId?: string;
  /**
   * The most messages that are posted together; a turn that published more is cut into several.
   *
   * @defaultValue `50`
   */
  readonly maxBatchSize?: number;
  /**
   * Receives what went wrong: messages that cannot be sent, that came malformed, or that are
   * missing. Without it the console does.
   */
  readonly onError?: (error: CrossTabError) => void;
  /**
   * Writes to the console what is sent and received.
   *
   * @defaultValue `false`
   */
  readonly debug?: boolean;
}

/** Counters of an adapter, as {@link CrossTabAdapter.getStats} returns them. */
export interface CrossTabStats {
  readonly clientId: string;
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Messages that came again, and were left out. */
  readonly messagesDeduplicated: number;
  /** Messages and envelopes that came malformed. */
  readonly messagesRejected: number;
  readonly batchesSent: number;
  readonly averageBatchSize: number;
  readonly maxBatchSizeSeen: number;
}

/** Links a bus to the same bus in the other tabs of the origin. */
export interface CrossTabAdapter {
  /**
   * Starts to send what the bus publishes, and to deliver to it what others send.
   *
   * Of several adapters of one channel on a page one is used, and the next when that is detached.
   *
   * @throws {@link CrossTabError} `CROSS_TAB_MISUSED` when it is attached already
   * @throws {@link CrossTabError} `TRANSPORT_UNAVAILABLE` where the transport does not exist
   */
  attach(bus: Pick<PubSubBus, "connect">): Promise<void>;
  /** Sends what was published in this turn, and ends the link. */
  detach(): void;
  getStats(): CrossTabStats;
}
