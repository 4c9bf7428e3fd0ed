import type { Clock, Message } from "@pubsub-mfe/core";

/** What the messages of one publisher are delivered by. */
export interface IncomingContext {
  readonly clock: Clock;
  /** @returns whether it was one, and new */
  deliver(message: Message): boolean;
  /** It is done with a message, as far as its id is known. */
  onDone(id: string): void;
  onDuplicate(): void;
  /** A message is here that had been asked for. */
  onRepaired(): void;
  /** Asks the publisher where this tab came in. */
  askBase(): void;
  /**
   * Asks the publisher for messages again.
   *
   * @param isAgain - whether it did not answer: somebody else may have them
   */
  ask(from: number, to: number, isAgain: boolean): void;
  /** Reads what the log has of them, where there is one, in its order. */
  readonly recover: ((missing: Missing) => Promise<readonly Message[]>) | undefined;
  /** These are lost, or cannot be had now. */
  onGap(from: number, to: number): void;
}

/** What cannot be had from another tab. */
export interface Missing {
  /** Those that are known. */
  readonly ids: ReadonlySet<string>;
  /** Whether the publisher says nothing any more, so that not all are known. */
  readonly isSilent: boolean;
  /** When the publisher published the last message that came, in milliseconds since the epoch. */
  readonly sinceMs: number | undefined;
}

/** Why messages come. */
export interface Arrival {
  /** Whether they are sent again; live ones were sent after this tab began to listen. */
  readonly isResent: boolean;
  /** Whether somebody else asked for them. */
  readonly isForOthers: boolean;
}
