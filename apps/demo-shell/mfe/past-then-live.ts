import type { Message, PubSubBus } from "@pubsub-mfe/core";
import type { Host } from "../src/contract.js";

/**
 * Takes in what was published under a pattern before, oldest first, and then live messages, of
 * whatever tab, each once. The log has what left a page; what stayed in this one it has retained.
 *
 * @param take - gets each; `isLive` of those that were not there before
 * @returns when the past is taken in; without a log there is less, and the shell has told why
 */
export async function pastThenLive<Payload>(
  bus: PubSubBus,
  history: Host["history"],
  pattern: string,
  take: (message: Message<Payload>, isLive: boolean) => void,
): Promise<void> {
  // Live ones wait until the past is read: order matters.
  const waiting: Message<Payload>[] = [];
  let receive = (message: Message<Payload>): void => void waiting.push(message);
  bus.subscribe<Payload>(pattern, (message) => receive(message));
  const [retained, logged] = await Promise.all([
    bus.getHistory<Payload>(pattern),
    history.getHistory<Payload>(pattern).catch(() => []),
  ]);
  // A message can be in the log, retained, and come live as well.
  const past = new Map([...logged, ...retained].map((message) => [message.id, message]));
  for (const { id } of waiting) past.delete(id);
  for (const message of [...past.values()].sort(inOrder)) take(message, false);
  for (const message of waiting) take(message, true);
  receive = (message) => {
    // Of another tab, and in the log before it came over here.
    if (!past.has(message.id)) take(message, true);
  };
}

/** Ids of one moment count on. */
function inOrder(a: Message, b: Message): number {
  return a.ts - b.ts || (a.id < b.id ? -1 : 1);
}
