import type { Message } from "@pubsub-mfe/core";

/** What came of a call. */
export interface CallEnd {
  readonly kind: "answered" | "failed" | "given-up" | "nobody";
  /** Why, where that is known. */
  readonly reason: string | undefined;
  readonly tookMs: number;
}

/** A request, or an ask of one source. */
export interface Call {
  readonly kind: "request" | "ask";
  /** The method, or the source. */
  readonly to: string;
  readonly from: string;
  /** In milliseconds since the epoch. */
  readonly startedAt: number;
  readonly end: CallEnd | undefined;
}

/** Older ones go. */
const MAX_ENDED = 12;

/** What nobody ever answers or gives up is forgotten when so many more are open. */
const MAX_OPEN = 200;

const REQUEST = "rpc.request.";
const RESPONSE = "rpc.response.";
const CONTROL = "rpc.control.";
const ASK = /^aggregate\.(.+)\.(request|response|cancel)$/;

/** Keeps what is open of requests and asks on this page, and what came of the last ones, newest first. */
export class CallBook {
  readonly #open = new Map<string, Call>();
  #ended: readonly Call[] = [];
  readonly #isHandled: (topic: string) => boolean;

  /** @param isHandled - whether somebody on the page listens to exactly this topic */
  constructor(isHandled: (topic: string) => boolean) {
    this.#isHandled = isHandled;
  }

  /**
   * Call it as soon as the message is published: whether anybody handles it is looked up.
   *
   * @returns whether the message began or ended one
   */
  add(message: Message): boolean {
    // Those of other tabs are open there.
    if (message.meta?._crossTab) return false;
    return this.#addOfRequest(message) || this.#addOfAsk(message);
  }

  get open(): readonly Call[] {
    return [...this.#open.values()];
  }

  get ended(): readonly Call[] {
    return this.#ended;
  }

  #addOfRequest(message: Message): boolean {
    const { topic, ts } = message;
    // Anybody may publish anything under these topics.
    const payload = message.payload ?? {};
    if (topic.startsWith(REQUEST)) {
      this.#begin(String(payload.requestId), "request", topic.slice(REQUEST.length), message);
      // Whoever asks learns that at once, and nothing else is published.
      if (!this.#isHandled(topic)) this.#end(String(payload.requestId), "nobody", undefined, ts);
      return true;
    }
    if (topic.startsWith(RESPONSE)) {
      const id = topic.slice(RESPONSE.length);
      // Whoever answers without this package may say no more than what went wrong.
      const hasFailed =
        payload.status === "error" || (!payload.status && payload.error !== undefined);
      return this.#end(id, hasFailed ? "failed" : "answered", payload.error, ts);
    }
    if (!topic.startsWith(CONTROL) || payload.type !== "cancel") return false;
    return this.#end(topic.slice(CONTROL.length), "given-up", payload.failure?.message, ts);
  }

  #addOfAsk(message: Message): boolean {
    const [, source, leg] = ASK.exec(message.topic) ?? [];
    const { meta, ts } = message;
    const id = meta?.correlationId;
    if (source === undefined || id === undefined) return false;
    if (leg === "request") {
      this.#begin(id, "ask", source, message);
      return true;
    }
    if (leg === "cancel") return this.#end(id, "given-up", undefined, ts);
    const { message: reason } = (meta?.failure ?? {}) as { message?: string };
    return this.#end(id, meta?.status === "error" ? "failed" : "answered", reason, ts);
  }

  #begin(id: string, kind: Call["kind"], to: string, { meta, ts }: Message): void {
    this.#open.set(id, { kind, to, from: meta?.source ?? "–", startedAt: ts, end: undefined });
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_OPEN) this.#open.delete(oldest as string);
  }

  #end(id: string, kind: CallEnd["kind"], reason: string | undefined, ts: number): boolean {
    const call = this.#open.get(id);
    if (!call) return false;
    this.#open.delete(id);
    const ended = { ...call, end: { kind, reason, tookMs: ts - call.startedAt } };
    this.#ended = [ended, ...this.#ended].slice(0, MAX_ENDED);
    return true;
  }
}
