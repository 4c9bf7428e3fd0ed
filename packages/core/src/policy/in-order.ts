import type { Message } from "../types.js";

/** Each once, the older first. */
export function inOrder(messages: readonly Message[]): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  return [...byId.values()].sort((a, b) => a.ts - b.ts);
}
