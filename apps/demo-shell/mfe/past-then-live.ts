import type { Message, PubSubBus } from "@pubsub-mfe/core";
import type { Host } from "../src/contract.js";

/**
 * Takes in the stored messages of a pattern, and then live ones, of whatever tab, each once.
 *
 * @param take - gets each; `isLive` of those that were not there before
 * @returns when the past is taken in; without a history there is none, and the shell has told why
 */
export async function pastThenLive<Payload>(
  bus: PubSubBus,
  history: Host["history"],
  pattern: string,
  take: (message: Message<Payload>, isLive: boolean) => void,
): Promise<void> {
  const taken = new Set<string>();
  const takeOnce = (message: Message<Payload>, isLive: boolean): void => {
    // A message can come live and be read back as well.
    if (taken.has(message.id)) return;
    taken.add(message.id);
    take(message, isLive);
  };
  // Live ones wait until the past is read: order matters.
  const waiting: Message<Payload>[] = [];
  let receive = (message: Message<Payload>): void => void waiting.push(message);
  bus.subscribe<Payload>(pattern, (message) => receive(message));
  const past = await history.getHistory(pattern).catch(() => []);
  for (const message of past) takeOnce(message as Message<Payload>, false);
  for (const message of waiting) takeOnce(message, true);
  receive = (message) => takeOnce(message, true);
}
