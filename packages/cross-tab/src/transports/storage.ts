import type { Message } from "@pubsub-mfe/core";
import { CrossTabError, UncloneableMessageError } from "../errors.js";
import { randomName } from "../random-name.js";
import { findInexact } from "./find-inexact.js";
import { PageTransport } from "./page-transport.js";

/** The longest value that is written, in characters: all that is taken of the quota, for a moment. */
const PIECE_LENGTH = 65_536;

/** Options of {@link StorageTransport}. */
export interface StorageTransportOptions {
  /**
   * The name of the channel.
   *
   * @defaultValue `"pubsub-mfe"`
   */
  readonly channelName?: string;
}

/** What has come of something that was cut. */
interface Partial {
  readonly number: string;
  readonly pieces: string[];
}

/**
 * Carries data by `storage` events: each transport writes to one key of `localStorage`, and removes it
 * at once.
 *
 * @remarks
 * It carries what JSON holds exactly, and refuses the rest: `Map`, `Date`, `BigInt`, typed arrays,
 * `undefined`, `NaN`.
 */
export class StorageTransport extends PageTransport {
  readonly type: string = "storage";
  readonly #prefix: string;
  readonly #key: string;
  readonly #partials = new Map<string, Partial>();
  #sent = 0;

  constructor({ channelName = "pubsub-mfe" }: StorageTransportOptions = {}) {
    super();
    // The name may be the beginning of another one.
    this.#prefix = `pubsub-mfe:wire:${encodeURIComponent(channelName)}:`;
    this.#key = this.#prefix + randomName();
  }

  /**
   * @throws a `DataCloneError` for what JSON does not hold exactly
   * @throws a `QuotaExceededError` where the storage is full
   */
  send(data: unknown): void {
    if (this.isClosed) return;
    this.start();
    const plain = withoutAbsent(data);
    const field = findInexact(plain);
    if (field !== undefined) {
      throw new DOMException(
        `${field || "The value"} is not what JSON holds exactly, which is all that storage events carry.`,
        "DataCloneError",
      );
    }
    this.#sent += 1;
    const pieces = cut(JSON.stringify(plain));
    for (const [index, piece] of pieces.entries()) {
      this.#write(`${this.#sent} ${index} ${pieces.length} ${piece}`);
    }
  }

  /** Says why a message cannot be sent as JSON; nothing where it can. */
  refuse(message: Message): CrossTabError | undefined {
    const field = findInexact(withoutPayload(message));
    if (field === undefined) return undefined;
    const why = "is not what JSON holds exactly, which is all that storage events carry";
    return new UncloneableMessageError(
      message.topic,
      message.id,
      field,
      undefined,
      "other tabs",
      why,
    );
  }

  protected findObstacle(): string | undefined {
    if (typeof document === "undefined") return "storage events reach documents alone";
    try {
      return globalThis.localStorage ? undefined : "there is no localStorage here";
    } catch (error) {
      return `localStorage is blocked: ${error}`;
    }
  }

  protected open(): void {
    addEventListener("storage", this.#onStorage);
    // What a tab that crashed between the two has left.
    const keys = Array.from({ length: localStorage.length }, (_, n) => localStorage.key(n));
    for (const key of keys) if (key?.startsWith(this.#prefix)) localStorage.removeItem(key);
  }

  protected mute(): void {
    removeEventListener("storage", this.#onStorage);
    this.#partials.clear();
  }

  protected release(): void {}

  #write(value: string): void {
    const { localStorage } = globalThis;
    try {
      localStorage.setItem(this.#key, value);
    } finally {
      localStorage.removeItem(this.#key);
    }
    // The browser tells all documents but this one, where there may be another transport.
    const event = { key: this.#key, newValue: value, storageArea: localStorage };
    queueMicrotask(() => dispatchEvent(new StorageEvent("storage", event)));
  }

  readonly #onStorage = ({ key, newValue }: StorageEvent): void => {
    if (key === null || newValue === null) return;
    if (key !== this.#key && key.startsWith(this.#prefix)) this.#receivePiece(key, newValue);
  };

  #receivePiece(key: string, value: string): void {
    const match = /^(\d+) (\d+) (\d+) (.*)$/s.exec(value);
    if (!match) {
      this.#receiveText(value);
      return;
    }
    const [, number = "", index, count, piece = ""] = match;
    const known = this.#partials.get(key);
    const partial = known?.number === number ? known : { number, pieces: [] };
    this.#partials.delete(key);
    // One that is missing before it: all of it is lost, and asked for again.
    if (Number(index) !== partial.pieces.length) return;
    partial.pieces.push(piece);
    if (partial.pieces.length < Number(count)) this.#partials.set(key, partial);
    else this.#receiveText(partial.pieces.join(""));
  }

  #receiveText(text: string): void {
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch (cause) {
      const message = `What another tab wrote to localStorage was refused: ${cause}`;
      this.tell(new CrossTabError("ENVELOPE_REJECTED", message, { cause }));
      return;
    }
    this.receive(data);
  }
}

/** Cuts a text, never inside of a character, which a storage may not keep. */
function cut(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = start + PIECE_LENGTH;
    if (isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** Messages without a payload go without its name: it is read as `undefined` again. */
function withoutAbsent(data: unknown): unknown {
  const { messages } = (data ?? {}) as { messages?: unknown };
  return Array.isArray(messages)
    ? { ...(data as object), messages: messages.map(withoutPayload) }
    : data;
}

function withoutPayload(message: unknown): unknown {
  const { payload, ...rest } = (message ?? {}) as { payload?: unknown };
  return payload === undefined && message ? rest : message;
}
