import type { Unsubscribe } from "@pubsub-mfe/core";

/** Takes what came over a transport. */
export type TransportListener = (data: unknown, origin?: string) => void;

/** Carries data to every other transport of the same channel, in order, as structured clones. */
export interface Transport {
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
}
