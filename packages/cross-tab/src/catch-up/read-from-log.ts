import type { EventLog, LogPosition, Message } from "@pubsub-mfe/core";

/** From where on messages of the log are taken. */
export type LogStart = "start" | { readonly position: LogPosition } | { readonly time: number };

/** How many messages are taken, the newest. */
const MAX_MESSAGES = 10_000;

/**
 * Reads what the log has from before this page, oldest first.
 *
 * @param sends - whether messages of a topic go out
 */
export async function readFromLog(
  log: EventLog,
  from: LogStart,
  sends: (topic: string) => boolean,
): Promise<Message[]> {
  const messages: Message[] = [];
  const query = {
    order: "desc",
    limit: MAX_MESSAGES,
    ...(typeof from === "object" && "position" in from && { after: from.position }),
    ...(typeof from === "object" && "time" in from && { fromTime: from.time }),
  } as const;
  for await (const { message } of log.read("#", query)) {
    if (sends(message.topic)) messages.push(message);
  }
  return messages.reverse();
}
