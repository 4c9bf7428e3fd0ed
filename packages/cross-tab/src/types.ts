import type { Clock, EventLog, Presence, PresentTab, PubSubBus } from "@pubsub-mfe/core";
import type { CrossTabError } from "./errors.js";
import type { LeadCallback, LeadOptions } from "./leadership/leader-scope.js";
import type { TabLocks } from "./tab-locks.js";
import type { Transport } from "./transports/transport.js";

/** Options of {@link createCrossTabAdapter}. */
export interface CrossTabConfig {
  /**
   * What carries the messages. `"auto"` is a {@link BroadcastChannelTransport}; what is taken where
   * there is none, {@link createAutoTransport} is told.
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
   * Names this tab in `meta._sourceClientId` of what others receive from it, and in `tabs()`; no two
   * tabs may have the same. Left out, one is generated that survives a reload, and that may change
   * until `await attach()` resolved.
   */
  readonly clientId?: string;
  /**
   * The most messages that are posted together; a turn that published more is cut into several.
   *
   * @defaultValue `50`
   */
  readonly maxBatchSize?: number;
  /**
   * Whether `isLeader()` tells who leads, and the system topics are published. The tabs have a leader
   * all the same, who keeps the list of them.
   *
   * @defaultValue `false`
   */
  readonly enableLeadership?: boolean;
  /**
   * With `enableLeadership`: publishes `system.tab.initialized`, `system.tab.leadership-changed`,
   * and of other tabs `system.tab.joined`, `system.tab.left` and `system.tab.asleep`, in this page.
   *
   * @defaultValue `true`
   */
  readonly emitSystemEvents?: boolean;
  /** What the adapter waits by: the silence of a leader, last words, an answer to what is missing. */
  readonly clock?: Clock;
  /**
   * What leadership and presence lock with, for tests.
   *
   * @defaultValue `navigator.locks`, and core's locks over it
   */
  readonly locks?: TabLocks;
  /**
   * Receives what went wrong: messages that cannot be sent, that came malformed, or that are
   * missing for good. Without it the console does.
   */
  readonly onError?: (error: CrossTabError) => void;
  /**
   * Where messages are looked up that no tab can send again, such as a history adapter that every page
   * of the origin has attached. With it nothing is lost that was published and committed, also of a
   * tab that crashed.
   */
  readonly repair?: EventLog | undefined;
  /**
   * Writes to the console what carries the messages, and what is sent and received.
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
  /** Messages that were lost on the way, and had again: from the tab that sent them, the leader, or the log. */
  readonly messagesRepaired: number;
  /** Messages and envelopes that came malformed. */
  readonly messagesRejected: number;
  /** How often messages of another tab were missing for good. */
  readonly gaps: number;
  readonly batchesSent: number;
  readonly averageBatchSize: number;
  readonly maxBatchSizeSeen: number;
  /** As {@link CrossTabAdapter.isLeader} tells. */
  readonly isLeader: boolean;
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
  attach(bus: Pick<PubSubBus, "connect" | "publish">): Promise<void>;
  /** Sends what was published in this turn, and ends the link. */
  detach(): void;
  getStats(): CrossTabStats;
  /**
   * Waits until this tab leads, and runs the callback meanwhile.
   *
   * @remarks
   * One tab of the channel leads at a time. A tab that is closed, left, frozen or stuck leads no more:
   * the signal aborts, and when the tab leads again the callback runs anew, with a higher epoch, until
   * one run settles without having lost the lead. What a run gave after it had lost the lead is not
   * looked at. A frozen tab may act until it wakes: write `epoch` with whatever must not be done
   * twice, and refuse what comes with a lower one.
   *
   * An adapter that waits for another one of its page leads once it is its turn.
   *
   * @returns what the callback gave
   * @throws LocksUnavailableError of `@pubsub-mfe/core/locks` where there are no Web Locks
   * @throws {@link CrossTabError} `DETACHED` when the adapter is not attached, or not any more
   */
  lead<T>(callback: LeadCallback<T>, options?: LeadOptions): Promise<T>;
  /**
   * Hands the lead on, once the callbacks of `lead` have ended: their signals abort. The tab queues
   * again, behind the others. Without the lead it does nothing.
   */
  resign(): void;
  /** Whether this tab leads now; always `false` without `enableLeadership`. */
  isLeader(): boolean;
  /** Knows which tabs are there. Without Web Locks, and until `attach`, it knows this one alone. */
  readonly presence: Presence;
  /** Gives the tabs that are there, this one included; the same as `presence.tabs()`. */
  tabs(): readonly PresentTab[];
}
