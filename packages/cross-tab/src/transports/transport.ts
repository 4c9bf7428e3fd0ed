import type { Unsubscribe } from "@pubsub-mfe/core";

/** Carries data to every other transport of the same channel, in order, as structured clones. */
export interface Transport {
  /** @throws a `DataCloneError` for what cannot be cloned */
  send(data: unknown): void;
  /** Calls the listener with what the others send. */
  onMessage(listener: (data: unknown) => void): Unsubscribe;
  /** Ends it for good. */
  close(): void;
  /** Whether this environment has what the transport needs. */
  isAvailable(): boolean;
}
