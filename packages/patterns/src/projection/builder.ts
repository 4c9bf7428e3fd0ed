import {
  type EventPosition,
  type EventStreams,
  isBusError,
  type NewEvent,
  type ProjectionId,
  type StoredEvent,
} from "@pubsub-mfe/core";
import { show } from "@pubsub-mfe/core/stores";
import type { Warn } from "../shared/warning.js";
import type { BatchWriter } from "./batch.js";
import { AsyncReducerError, ProjectionStoppedError } from "./errors.js";

export interface BuilderParts<Row, Event extends NewEvent> {
  readonly streams: EventStreams;
  readonly id: ProjectionId;
  readonly writer: BatchWriter<Row, Event>;
  readonly batchSize: number;
  readonly skipsPoison: boolean;
  readonly warn: Warn;
  /** Told where the rows are, also when another tab has built them. */
  readonly onPosition: (position: EventPosition | undefined, time?: number) => void;
}

/** Is told how many events were put into the rows, and of the last of them. */
export type OnBuilt = (count: number, last: StoredEvent) => void;

/** Brings the rows of a projection up to date. */
export class Builder<Row, Event extends NewEvent> {
  readonly #parts: BuilderParts<Row, Event>;

  constructor(parts: BuilderParts<Row, Event>) {
    this.#parts = parts;
  }

  /**
   * Builds until all is in the rows that is there now, or the signal aborts.
   *
   * @throws {@link ProjectionStoppedError} at an event that the code cannot take
   */
  async catchUp(signal: AbortSignal, onBuilt?: OnBuilt): Promise<void> {
    for (let isDone = false; !isDone && !signal.aborted; ) {
      const checkpoint = await this.#checkpoint();
      try {
        isDone = await this.#readOn(checkpoint, signal, onBuilt);
      } catch (error) {
        if (!isBusError(error, "STALE_POSITION")) throw error;
        await this.#beginAgain(checkpoint, error);
      }
    }
  }

  async #checkpoint(): Promise<EventPosition | undefined> {
    const { streams, id, onPosition } = this.#parts;
    const checkpoint = await streams.rows(id).checkpoint();
    onPosition(checkpoint);
    return checkpoint;
  }

  /** @returns whether it came to the end; otherwise another tab came in between */
  async #readOn(
    checkpoint: EventPosition | undefined,
    signal: AbortSignal,
    onBuilt?: OnBuilt,
  ): Promise<boolean> {
    const { streams, batchSize } = this.#parts;
    // Told before what is read: up to it nothing will be left, also where events were deleted.
    const head = await streams.head();
    let reached = checkpoint;
    let batch: StoredEvent[] = [];
    for await (const event of streams.readAll({ after: checkpoint })) {
      batch.push(event);
      if (batch.length < batchSize) continue;
      if (!(await this.#write(reached, batch, event.position, onBuilt))) return false;
      if (signal.aborted) return true;
      reached = event.position;
      batch = [];
    }
    const last = batch.at(-1)?.position ?? reached;
    const end = last === undefined || last < head ? head : last;
    return end === reached || (await this.#write(reached, batch, end, onBuilt));
  }

  /** @returns whether the rows were still those after which the events were read */
  async #write(
    reached: EventPosition | undefined,
    events: readonly StoredEvent[],
    end: EventPosition,
    onBuilt?: OnBuilt,
  ): Promise<boolean> {
    const { writer, onPosition, id, skipsPoison } = this.#parts;
    let rest = events;
    let from = reached;
    for (;;) {
      const { isStale, poison } = await writer.write(from, rest, end);
      if (isStale) return false;
      if (!poison) {
        const last = rest.at(-1);
        onPosition(end, last?.time);
        if (last) onBuilt?.(rest.length, last);
        return true;
      }
      const { index, error } = poison;
      const event = rest[index] as StoredEvent;
      const before = rest[index - 1];
      from = before?.position ?? from;
      onPosition(from, before?.time);
      if (!skipsPoison || error instanceof AsyncReducerError) {
        throw new ProjectionStoppedError(id.name, event, error);
      }
      if (!(await writer.advance(from, event.position))) return false;
      this.#tellOfSkipped(event, error);
      onBuilt?.(index + 1, event);
      from = event.position;
      rest = rest.slice(index + 1);
      if (from === end) {
        onPosition(end, event.time);
        return true;
      }
    }
  }

  #tellOfSkipped(event: StoredEvent, error: unknown): void {
    const { id, warn } = this.#parts;
    warn(
      "EVENT_SKIPPED",
      `The projection ${show(id.name)} has left out the event ${show(event.type)} (version ${event.version} of the stream ${show(event.stream)}), on which its code threw.`,
      { projection: id.name, event, error },
    );
  }

  async #beginAgain(checkpoint: EventPosition | undefined, error: unknown): Promise<void> {
    const { streams, id, warn } = this.#parts;
    await streams.transact(id, async (transaction) => {
      if ((await transaction.checkpoint()) === checkpoint) transaction.clear();
    });
    warn(
      "PROJECTION_RESTARTED",
      `The projection ${show(id.name)} begins again from the first event: the store was deleted meanwhile.`,
      { projection: id.name, reason: error },
    );
  }
}
