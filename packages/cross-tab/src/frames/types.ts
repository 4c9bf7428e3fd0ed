import type { Clock } from "@pubsub-mfe/core";
import type { CrossTabError } from "../errors.js";
import type { DirectedRules } from "../topic-rules.js";

/**
 * How a connection stands. `"waiting"`: another copy of the page has the connection to this peer, and
 * this one takes over when it ends. `"connecting"`: the peer has not answered yet, or was lost, and
 * what is published waits. `"connected"`: messages go both ways. `"disposed"`: it has ended.
 */
export type PeerState = "waiting" | "connecting" | "connected" | "disposed";

/** Options of every connection to a peer: `share` and `private` hold for both directions. */
export interface PeerOptions extends DirectedRules {
  /**
   * Names this side in `meta._sourceClientId` of what the peer receives from it.
   *
   * @defaultValue a random string
   */
  readonly clientId?: string | undefined;
  /**
   * After how many milliseconds without an answer `PEER_UNREACHABLE` is told. The connection is made
   * all the same once the peer answers.
   *
   * @defaultValue `10_000`
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many messages wait while there is no connection. Beyond that the oldest are dropped, which is
   * told as `MESSAGES_DROPPED`.
   *
   * @defaultValue `1_000`
   */
  readonly bufferLimit?: number | undefined;
  /** Ends the connection when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each new state; not with the one that the connection begins in. */
  readonly onChange?: ((state: PeerState) => void) | undefined;
  /** Receives what went wrong. Without it the console does. */
  readonly onError?: ((error: CrossTabError) => void) | undefined;
  /**
   * The source of time.
   *
   * @defaultValue core's `systemClock`
   */
  readonly clock?: Clock | undefined;
}

/** Counters of a connection, as {@link PeerConnection.getStats} returns them. */
export interface PeerStats {
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Messages that had been here already, or that the rules keep out. */
  readonly messagesIgnored: number;
  /** Messages, envelopes and handshakes that were refused. */
  readonly messagesRejected: number;
  /** Messages that waited for the connection until there were too many of them. */
  readonly messagesDropped: number;
  /** Messages that wait for the connection. */
  readonly messagesWaiting: number;
  readonly batchesSent: number;
}

/** A connection of a bus to that of an iframe, a worker, or of whoever embeds or started this one. */
export interface PeerConnection {
  readonly state: PeerState;
  /**
   * Settles with the connection: at once when there is one, otherwise with the next. Rejects with
   * `PEER_UNREACHABLE` when that takes longer than `timeoutMs`, and with `PEER_DISPOSED`. Nothing
   * need wait for it: what is published before is delivered in order.
   */
  readonly connected: Promise<void>;
  /** Counts what this connection has done so far. */
  getStats(): PeerStats;
  /** Sends what was published in this turn, and ends the connection. May be called more than once. */
  dispose(): void;
  /** The same as `dispose`, where the platform has the symbol. */
  readonly [Symbol.dispose]: () => void;
}
