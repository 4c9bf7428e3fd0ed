import type { Clock } from "@pubsub-mfe/core";
import { CrossTabError } from "../errors.js";
import type { Arrival, Door } from "./door.js";
import { type Knock, readKnock } from "./protocol.js";

/** Who is at the other end of a port. */
export interface Correspondent {
  readonly clientId: string;
  readonly origin: string;
}

/** What a side of the handshake works with. */
export interface HandshakeContext {
  readonly door: Door;
  readonly clientId: string;
  readonly clock: Clock;
  /** There is a port, and the other side has it too. */
  established(port: MessagePort, peer: Correspondent): void;
  /** Somebody new is behind the door: whoever was there before is gone. */
  superseded(): void;
  /** What came to the door was refused; what goes on coming is told once. */
  refused(error: CrossTabError): void;
}

/** One side of the handshake. */
export interface Handshake {
  /** Starts, also again after a connection was lost. */
  begin(): void;
  receive(arrival: Arrival): void;
  /** Ends it: no timer and no port is left that was not handed out. */
  end(): void;
}

/**
 * Reads what came to the door.
 *
 * @returns the knock; `undefined` for what is none, or was refused, which is told
 */
export function admit(
  arrival: Arrival,
  { door, refused }: HandshakeContext,
  onMisunderstood: () => void = () => {},
): Knock | undefined {
  const knock = readKnock(arrival.data);
  if (knock === undefined) return undefined;
  if (!arrival.allowed) {
    refused(originRefused(arrival, door));
  } else if (typeof knock === "string") {
    refused(envelopeRejected(door, knock));
    onMisunderstood();
  } else {
    return knock;
  }
  return undefined;
}

/** The error of a knock from an origin that may not connect. */
function originRefused({ origin }: Arrival, { label }: Door): CrossTabError {
  return new CrossTabError(
    "ORIGIN_REFUSED",
    `${JSON.stringify(origin)} asked to connect in place of ${label}, and was refused. If it may, list it as it is written here.`,
  );
}

/** The error of what came and is not as the protocol has it. */
export function envelopeRejected(door: Door, reason: string, cause?: unknown): CrossTabError {
  return new CrossTabError(
    "ENVELOPE_REJECTED",
    `What came from ${door.label} was refused: ${reason}.`,
    cause === undefined ? undefined : { cause },
  );
}
