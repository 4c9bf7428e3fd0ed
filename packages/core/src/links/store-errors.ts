import { BusError } from "../errors.js";
import { show } from "../show.js";

/** A stream was not at the version that an append expected. */
export class ConcurrencyError extends BusError {
  override readonly name = "ConcurrencyError";
  readonly stream: string;
  readonly expectedVersion: number | "none";
  /** The version of the last event; 0 for a stream that does not exist. */
  readonly actualVersion: number;

  constructor(stream: string, expectedVersion: number | "none", actualVersion: number) {
    super(
      "CONCURRENCY",
      `The stream ${show(stream)} is at version ${actualVersion}, and the append expected ${expectedVersion === "none" ? "that the stream does not exist" : `version ${expectedVersion}`}. Somebody else appended to it: read it again, decide again, and append at its new version.`,
    );
    this.stream = stream;
    this.expectedVersion = expectedVersion;
    this.actualVersion = actualVersion;
  }
}

/** An append came from somebody whose right was taken over meanwhile. */
export class FencedError extends BusError {
  override readonly name = "FencedError";
  readonly fence: string;
  readonly epoch: number;
  /** The highest epoch that was seen. */
  readonly currentEpoch: number;

  constructor(fence: string, epoch: number, currentEpoch: number) {
    super(
      "FENCED",
      `The fence ${show(fence)} is at epoch ${currentEpoch}, and the append came with ${epoch}. Another tab has taken over: stop what was done under the old epoch.`,
    );
    this.fence = fence;
    this.epoch = epoch;
    this.currentEpoch = currentEpoch;
  }
}

/** A position is one of a log that is no longer there, of another log, or none at all. */
export class StalePositionError extends BusError {
  override readonly name = "StalePositionError";
  readonly position: unknown;

  constructor(position: unknown) {
    super(
      "STALE_POSITION",
      `${show(position)} is no position of this log. Was its database deleted or evicted meanwhile? Or is it of another namespace, or of the other kind: messages and events of streams have positions of their own? Begin again from the start.`,
    );
    this.position = position;
  }
}

/** The callback of a transaction waited for something that the transaction does not wait for. */
export class TransactionEndedError extends BusError {
  override readonly name = "TransactionEndedError";

  constructor(projection: string) {
    super(
      "TRANSACTION_ENDED",
      `The transaction of the projection ${show(projection)} had ended, and nothing of it was kept: its callback may only wait for what the transaction's own methods return. Do everything else before it.`,
    );
  }
}
