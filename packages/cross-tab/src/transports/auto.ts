import { CrossTabError } from "../errors.js";
import { BroadcastChannelTransport } from "./broadcast-channel.js";
import { isPartitioned } from "./partitioned.js";
import type { Transport } from "./transport.js";

/** Options of {@link createAutoTransport}. */
export interface AutoTransportOptions {
  /**
   * The name of the `BroadcastChannel`; what it falls back to is given names of its own.
   *
   * @defaultValue `"pubsub-mfe"`
   */
  readonly channelName?: string;
  /**
   * What is taken where there is no `BroadcastChannel`: the first that is available. None of them
   * does anything before it is used.
   *
   * @defaultValue `[]`
   */
  readonly fallbacks?: readonly Transport[];
}

/** A transport that was looked at. */
export interface TransportAttempt {
  readonly type: string;
  readonly available: boolean;
  /** What it lacks, when it is not available. */
  readonly reason?: string;
}

/** What {@link createAutoTransport} chose, and why. */
export interface AutoTransport {
  readonly transport: Transport;
  /** `"broadcast-channel"`, or the type of what it fell back to. */
  readonly type: string;
  /** What was looked at, in order; the last is the one chosen. */
  readonly fallbackChain: readonly TransportAttempt[];
  /**
   * Whether this frame is known to be shown by a page of another site: browsers then keep it apart from
   * the tabs of its own origin, whatever the transport. Not every browser tells, so `false` may mean
   * that it is not known.
   */
  readonly partitioned: boolean;
}

/**
 * Takes a `BroadcastChannel` where there is one, and the first that is available of the others given
 * where not.
 *
 * @throws {@link CrossTabError} `TRANSPORT_UNAVAILABLE` where there is none
 */
export function createAutoTransport(options: AutoTransportOptions = {}): AutoTransport {
  const channel = new BroadcastChannelTransport(options);
  if (isServer())
    Object.assign(channel, { isAvailable: () => false, whyUnavailable: () => SERVER });
  return chooseTransport([channel, ...(options.fallbacks ?? [])]);
}

const SERVER = "on a server each request would hear all others. Attach in the browser alone";

/** Node has the channel as well, and one process for many users. */
function isServer(): boolean {
  return typeof document === "undefined" && !("WorkerGlobalScope" in globalThis);
}

/**
 * Takes the first transport that is available.
 *
 * @throws {@link CrossTabError} `TRANSPORT_UNAVAILABLE` where there is none
 */
export function chooseTransport(transports: readonly Transport[]): AutoTransport {
  const fallbackChain: TransportAttempt[] = [];
  for (const transport of transports) {
    const { type = "custom" } = transport;
    const available = transport.isAvailable();
    fallbackChain.push({
      type,
      available,
      ...(!available && {
        reason:
          transport.whyUnavailable?.() ??
          "not supported, or closed: then give a function that makes it",
      }),
    });
    if (available) return { transport, type, fallbackChain, partitioned: isPartitioned() };
  }
  const reasons = fallbackChain.map(({ type, reason }) => `${type}: ${reason}`).join("; ");
  throw new CrossTabError(
    "TRANSPORT_UNAVAILABLE",
    `No transport is available: ${reasons}. The bus goes on in this page alone.`,
  );
}
