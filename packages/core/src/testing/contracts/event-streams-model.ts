import type { AppendOptions, NewEvent, StoredEvent } from "../../links/event-streams.js";

/** An append, as a property test makes it up. */
export interface ModelAppend {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly options: AppendOptions;
}

type ModelEvent = Pick<StoredEvent, "stream" | "version" | "type" | "payload" | "time">;

/** Event streams as plain arrays: slow, and easily seen to be right. */
export class StreamsModel {
  events: ModelEvent[] = [];
  outbox: ModelEvent[] = [];
  #commands: { stream: string; id: string; version: number }[] = [];
  #fences = new Map<string, number>();

  copy(): StreamsModel {
    const copy = new StreamsModel();
    copy.events = [...this.events];
    copy.outbox = [...this.outbox];
    copy.#commands = [...this.#commands];
    copy.#fences = new Map(this.#fences);
    return copy;
  }

  of(stream: string): ModelEvent[] {
    return this.events.filter((event) => event.stream === stream);
  }

  /** @returns the version and whether it is a repetition, or the code of the refusal */
  append({ stream, events, options }: ModelAppend, now: number): [number, boolean] | string {
    const { expectedVersion = "any", commandId, fence, outbox } = options;
    if (fence && fence.epoch < (this.#fences.get(fence.name) ?? 0)) return "FENCED";
    const done = this.#commands.find((each) => each.stream === stream && each.id === commandId);
    const last = this.of(stream).at(-1);
    const version = last?.version ?? 0;
    const expected = expectedVersion === "none" ? 0 : expectedVersion;
    if (!done && expected !== "any" && expected !== version) return "CONCURRENCY";
    if (fence) this.#fences.set(fence.name, fence.epoch);
    if (done) return [done.version, true];
    const time = Math.max(now, last?.time ?? now);
    const added = events.map(({ type, payload }, n) => ({
      stream,
      version: version + n + 1,
      type,
      payload,
      time,
    }));
    this.events.push(...added);
    if (outbox) this.outbox.push(...added);
    if (commandId !== undefined && added.length > 0) {
      this.#commands.push({ stream, id: commandId, version: version + added.length });
    }
    return [version + added.length, false];
  }

  delete(stream: string): void {
    this.events = this.events.filter((event) => event.stream !== stream);
    this.outbox = this.outbox.filter((event) => event.stream !== stream);
    this.#commands = this.#commands.filter((each) => each.stream !== stream);
  }
}
