import type { Message, PubSubBus } from "@pubsub-mfe/core";
import { type BusInspector, type InspectEvent, inspect } from "@pubsub-mfe/core/inspect";
import type { Entry, MessageEntry, NoteEntry, Receipt, Way } from "./entry.js";

/** How many entries are kept at least, the newest. */
const LIMIT = 20_000;
/** So many are dropped together: to drop each by itself would move all others each time. */
const CHUNK = 2_000;

type OpenEntry = MessageEntry & { readonly receipts: Receipt[] };

/** Everything that went over the bus of this page, with what each handler of each copy made of it. */
export class Traffic {
  readonly #bus: PubSubBus;
  #entries: Entry[] = [];
  #dropped = 0;
  #past = 0;
  readonly #byId = new Map<string, OpenEntry>();
  readonly #listeners = new Set<() => void>();
  readonly #onDelivered = new Set<(entry: MessageEntry, receipt: Receipt) => void>();
  /** How to stop watching, by the id of the copy. */
  readonly #watched = new Map<string, () => void>();

  constructor(bus: PubSubBus) {
    this.#bus = bus;
    const own = inspect(bus);
    own.watch((event) => {
      if ("message" in event) this.#begin(event.message, event.from, event.leaves);
    });
    this.#watchCopies();
    bus.onSubscriptionsChange(() => this.#watchCopies());
  }

  /** Oldest first. The same array, which grows at its end; what is kept of the past is at its beginning. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** How many were dropped to make room, and so are missing at the beginning. */
  get dropped(): number {
    return this.#dropped;
  }

  find(id: string): MessageEntry | undefined {
    return this.#byId.get(id);
  }

  /** Calls the listener after each change: draw in the next frame. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the listener each time that a handler of whatever copy has returned. */
  onDelivered(listener: (entry: MessageEntry, receipt: Receipt) => void): void {
    this.#onDelivered.add(listener);
  }

  /** Adds messages from before this page, oldest first; those that came here as well are left out. */
  addPast(messages: readonly Message[]): void {
    const entries = messages
      .filter(({ id }) => !this.#byId.has(id))
      .map(
        (message): OpenEntry => ({
          kind: "message",
          message,
          way: "history",
          leaves: true,
          cameAt: performance.now(),
          receipts: [],
        }),
      );
    for (const entry of entries) this.#byId.set(entry.message.id, entry);
    this.#entries.splice(this.#past, 0, ...entries);
    this.#past += entries.length;
    this.#tell();
  }

  addNote(title: string, text: string): void {
    this.#append({ kind: "note", ts: Date.now(), title, text } satisfies NoteEntry);
  }

  #begin(message: Message, from: string, leaves: boolean): void {
    if (this.#byId.has(message.id)) return;
    const entry: OpenEntry = {
      kind: "message",
      message,
      way: wayOf(from),
      leaves,
      cameAt: performance.now(),
      receipts: [],
    };
    this.#byId.set(message.id, entry);
    this.#append(entry);
  }

  #append(entry: Entry): void {
    this.#entries.push(entry);
    if (this.#entries.length >= LIMIT + CHUNK) this.#drop();
    this.#tell();
  }

  #drop(): void {
    for (const entry of this.#entries.splice(0, CHUNK)) {
      if (entry.kind === "message") this.#byId.delete(entry.message.id);
    }
    this.#dropped += CHUNK;
    this.#past = Math.max(0, this.#past - CHUNK);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Copies come and go with their microfrontends; each begins with a subscription, and ends with one. */
  #watchCopies(): void {
    const own = inspect(this.#bus);
    const left = new Set(this.#watched.keys());
    for (const copy of [own, ...own.neighbours()]) {
      const { instanceId, name } = copy.describe();
      if (!left.delete(instanceId) && !this.#watched.has(instanceId)) {
        this.#watched.set(instanceId, this.#watch(copy, name ?? "–"));
      }
    }
    for (const id of left) {
      this.#watched.get(id)?.();
      this.#watched.delete(id);
    }
  }

  #watch(copy: BusInspector, name: string): () => void {
    /** Is told right before what became of the handler. */
    let failure: { messageId: string; error: Error } | undefined;
    return copy.watch((event) => {
      if (event.type === "diagnostic" && event.event.type === "handler-error") {
        failure = event.event;
      }
      if (event.type !== "delivered" && event.type !== "settled" && event.type !== "skipped")
        return;
      const entry = this.#byId.get(event.messageId);
      if (!entry) return;
      const isOfThis = failure?.messageId === event.messageId;
      const receipt = note(entry, name, event, isOfThis ? failure?.error.message : undefined);
      if (receipt && event.type === "delivered") {
        for (const listener of this.#onDelivered) listener(entry, receipt);
      }
      this.#tell();
    });
  }
}

function wayOf(from: string): Way {
  if (from === "page" || from === "hooks") return "this tab";
  if (from.startsWith("origin:")) return "other tab";
  return from.startsWith("log:") ? "history" : "peer";
}

function note(
  { receipts, cameAt }: OpenEntry,
  copy: string,
  event: Extract<InspectEvent, { readonly messageId: string }>,
  reason: string | undefined,
): Receipt | undefined {
  const { pattern, subscriptionId } = event;
  const base = { copy, pattern, subscriptionId, settledMs: undefined, error: undefined };
  if (event.type === "skipped") {
    receipts.push({ ...base, outcome: event.reason, durationMs: 0, waitedMs: 0 });
    return receipts.at(-1);
  }
  const { durationMs, failed } = event;
  const error = failed ? reason : undefined;
  if (event.type === "delivered") {
    const outcome = failed ? "failed" : event.pending ? "pending" : "done";
    const waitedMs = Math.max(0, performance.now() - durationMs - cameAt);
    receipts.push({ ...base, outcome, durationMs, waitedMs, error });
    return receipts.at(-1);
  }
  const index = receipts.findIndex(
    (receipt) => receipt.copy === copy && receipt.subscriptionId === subscriptionId,
  );
  const called = receipts[index];
  if (!called) return undefined;
  const outcome = failed ? "failed" : "done";
  receipts[index] = { ...called, outcome, settledMs: durationMs, error };
  return receipts[index];
}
