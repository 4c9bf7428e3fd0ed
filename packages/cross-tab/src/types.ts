import type { Clock, EventLog, Presence, PresentTab, PubSubBus } from "@pubsub-mfe/core";
import type { CatchUpOptions } from "./catch-up/catch-up.js";
import type { CrossTabError } from "./errors.js";
import type { LeadCallback, LeadOptions } from "./leadership/leader-scope.js";
import type { TabLocks } from "./tab-locks.js";
import type { DirectedRules } from "./topic-rules.js";
import type { Transport } from "./transports/transport.js";

/** How much may come in; see {@link CrossTabConfig.rateLimit}. */
export interface IncomingRateLimit {
  /** Messages a second, of each tab. */
  readonly maxPerSecond: number;
  /**
   * How many of them may come at once.
   *
   * @defaultValue `maxPerSecond`
   */
  readonly maxBurst?: number | undefined;
}

/** Options of {@link createCrossTabAdapter}: `share` and `private` hold for both directions. */
export interface CrossTabConfig extends DirectedRules {
  /**
   * What carries the messages, or a function that makes it, anew for each `attach` and `reconnect`:
   * most transports cannot be used again once they were closed. `"auto"` is a
   * {@link BroadcastChannelTransport}; what is taken where there is none, {@link createAutoTransport}
   * is told.
   *
   * @defaultValue `"auto"`
   */
  readonly transport?: Transport | (() => Transport) | "auto" | undefined;
  /**
   * Tabs hear each other when they use the same name; also the name of the channel of `"auto"`.
   *
   * @defaultValue `"pubsub-mfe"`
   */
  readonly channelName?: string | undefined;
  /**
   * Names this tab in `meta._sourceClientId` of what others receive from it, and in `tabs()`; no two
   * tabs may have the same. Left out, one is generated that survives a reload, and that may change
   * until `await attach()` resolved.
   */
  readonly clientId?: string | undefined;
  /**
   * The most messages that are posted together, up to 10,000; a turn that published more is cut into
   * several posts, as is what comes to more than 64 kB.
   *
   * @defaultValue `50`
   */
  readonly maxBatchSize?: number | undefined;
  /**
   * For how long messages are held back, so that several turns go out together, in milliseconds. They
   * go out before when there are `maxBatchSize` of them, when the page hides or freezes, and at
   * `detach`. A hidden page may hold them for a second and more, as browsers slow its timers down.
   *
   * @defaultValue `0`: they go out at the end of the turn
   */
  readonly batchIntervalMs?: number | undefined;
  /**
   * The size of the largest message that is sent, and delivered, in bytes. It is estimated: between
   * half and twice of what the browser's copy of it takes. What is larger is told as
   * `MESSAGE_TOO_LARGE`.
   *
   * @defaultValue `262_144`
   */
  readonly maxMessageSize?: number | undefined;
  /**
   * How many messages of each tab are delivered; what is more is dropped, counted, and told as
   * `RATE_LIMITED`, at most every ten seconds. A tab that runs wild does not cost the messages of the
   * others.
   *
   * @defaultValue no limit
   */
  readonly rateLimit?: IncomingRateLimit | undefined;
  /**
   * Refuses what comes from another origin. A transport that does not know the origin is taken to
   * have that of this page.
   */
  readonly expectedOrigin?: string | undefined;
  /** Accepted for the sake of other libraries, of no effect: no message is known by its age here. */
  readonly dedupeWindowMs?: number | undefined;
  /** Accepted for the sake of other libraries, of no effect: one number for each tab is enough. */
  readonly dedupeCacheSize?: number | undefined;
  /**
   * Whether `isLeader()` tells who leads, and the system topics are published. The tabs have a leader
   * all the same, who keeps the list of them.
   *
   * @defaultValue `false`
   */
  readonly enableLeadership?: boolean | undefined;
  /**
   * With `enableLeadership`: publishes `system.tab.initialized`, `system.tab.leadership-changed`,
   * and of other tabs `system.tab.joined`, `system.tab.left` and `system.tab.asleep`, in this page.
   *
   * @defaultValue `true`
   */
  readonly emitSystemEvents?: boolean | undefined;
  /** What the adapter waits by: the silence of a leader, last words, an answer to what is missing. */
  readonly clock?: Clock | undefined;
  /**
   * What leadership and presence lock with, for tests.
   *
   * @defaultValue `navigator.locks`, and core's locks over it
   */
  readonly locks?: TabLocks | undefined;
  /**
   * Receives what went wrong: messages that cannot be sent, that came malformed, or that are
   * missing for good. Without it the console does.
   */
  readonly onError?: ((error: CrossTabError) => void) | undefined;
  /**
   * Where messages are looked up that no tab can send again, such as a history adapter that every page
   * of the origin has attached. With it nothing is lost that was published and committed, also of a
   * tab that crashed.
   */
  readonly repair?: EventLog | undefined;
  /**
   * Has messages from before this page for its retention, which must be configured: for subscriptions
   * with `replay`, no other handler gets them. `attach` resolves when they are there: within a second,
   * of the log when it is read. What cannot be had is told as `CATCH_UP_FAILED`.
   */
  readonly catchUp?: CatchUpOptions | undefined;
  /**
   * Writes to the console what carries the messages, and what is sent and received.
   *
   * @defaultValue `false`
   */
  readonly debug?: boolean | undefined;
}

/** Counters of an adapter, as {@link CrossTabAdapter.getStats} returns them. */
export interface CrossTabStats {
  readonly clientId: string;
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Messages that came again, or that the rules keep out, and were left out. */
  readonly messagesDeduplicated: number;
  /** Messages that were lost on the way, and had again: from the tab that sent them, the leader, or the log. */
  readonly messagesRepaired: number;
  /** Messages and envelopes that came malformed. */
  readonly messagesRejected: number;
  /** Messages that were dropped because of `rateLimit`. */
  readonly messagesRateLimited: number;
  /** Messages that were larger than `maxMessageSize`: neither sent nor delivered. */
  readonly messagesOversized: number;
  /** What came from another origin than `expectedOrigin`. */
  readonly originBlocked: number;
  /** How often messages of another tab were missing for good. */
  readonly gaps: number;
  readonly batchesSent: number;
  readonly averageBatchSize: number;
  readonly maxBatchSizeSeen: number;
  /** Of how many tabs it is known what came last, which is all that tells messages that come again. */
  readonly dedupeCacheSize: number;
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
   * @throws {@link CrossTabError} `CROSS_TAB_MISUSED` when it is attached already, and for what is no
   *   bus
   * @throws {@link CrossTabError} `TRANSPORT_UNAVAILABLE` where the transport does not exist
   */
  attach(bus: Pick<PubSubBus, "connect" | "publish">): Promise<void>;
  /** Sends what was published in this turn, and ends the link. */
  detach(): void;
  /**
   * Closes the transport, opens it again, and has what was missed meanwhile. After `detach` it attaches
   * to the same bus.
   *
   * @throws {@link CrossTabError} `DETACHED` when it was never attached
   * @throws {@link CrossTabError} `TRANSPORT_UNAVAILABLE` for a transport that cannot be opened again;
   *   the adapter is then detached
   */
  reconnect(): Promise<void>;
  /** Counts what this adapter has done so far. */
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
