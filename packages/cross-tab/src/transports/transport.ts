import type { Message, Unsubscribe } from "@pubsub-mfe/core";
import type { CrossTabError } from "../errors.js";

/** Takes what came over a transport. */
export type TransportListener = (data: unknown, origin?: string) => void;

/** Carries data to every other transport of the same channel, in order, as structured clones. */
export interface Transport {
  /** Names its kind where several are compared. */
  readonly type?: string;
  /** @throws a `DataCloneError` for what cannot be cloned */
  send(data: unknown): void;
  /**
   * Calls the listener with what the others send, and with the origin that it comes from where the
   * transport knows that; otherwise it is taken for that of this page.
   */
  onMessage(listener: TransportListener): Unsubscribe;
  /** Ends it for good. */
  close(): void;
  /** Whether this environment has what the transport needs. */
  isAvailable(): boolean;
  /** Says what is missing where `isAvailable()` is `false`. */
  whyUnavailable?(): string | undefined;
  /** Calls the listener with what went wrong when no call was there to throw it. */
  onError?(listener: (error: CrossTabError) => void): Unsubscribe;
  /**
   * For a transport that carries less than structured clones do.
   *
   * @returns why it cannot carry the message; `undefined` when it can
   */
  refuse?(message: Message): CrossTabError | undefined;
}
