import type { Message } from "@pubsub-mfe/core";
import type { HandlerRecord } from "@pubsub-mfe/core/inspect";

/** By which way a message came here. */
export type Way = "this tab" | "other tab" | "history" | "peer";

/** What became of a message in one handler. */
export interface Receipt extends HandlerRecord {
  /** The name of the copy whose handler it is. */
  readonly copy: string;
  /** From when the message came until the handler was called, in milliseconds; 0 when it was not. */
  readonly waitedMs: number;
  /** What the handler failed with, where that is known. */
  readonly error: string | undefined;
}

/** A message, and what became of it on this page. */
export interface MessageEntry {
  readonly kind: "message";
  readonly message: Message;
  readonly way: Way;
  /** Whether it may leave the page. */
  readonly leaves: boolean;
  /** When it came, by `performance.now()`. */
  readonly cameAt: number;
  /** In the order in which the handlers were called; empty for what is from before this page. */
  readonly receipts: readonly Receipt[];
}

/** What happened on the bus besides messages. */
export interface NoteEntry {
  readonly kind: "note";
  /** In milliseconds since the epoch. */
  readonly ts: number;
  /** What it is about, such as `gap`. */
  readonly title: string;
  readonly text: string;
}

export type Entry = MessageEntry | NoteEntry;

/** @returns milliseconds since the epoch */
export function timeOf(entry: Entry): number {
  return entry.kind === "message" ? entry.message.ts : entry.ts;
}

/** Whether something is wrong with it. */
export function hasFailed(entry: Entry): boolean {
  return entry.kind === "note" || entry.receipts.some(({ outcome }) => outcome === "failed");
}
