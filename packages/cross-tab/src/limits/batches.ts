import type { Message } from "@pubsub-mfe/core";

/** What is posted together is cut before it is larger, in bytes. */
const MAX_BATCH_BYTES = 65_536;

/** A message, and its estimated size. */
export interface SizedMessage {
  readonly message: Message;
  readonly bytes: number;
}

/** Cuts messages into batches, in order; one that is larger than a batch may be goes alone. */
export function* cutBatches<T extends SizedMessage>(
  messages: readonly T[],
  maxCount: number,
): Generator<readonly T[], void> {
  let start = 0;
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    const isFull = index - start === maxCount || bytes + message.bytes > MAX_BATCH_BYTES;
    if (isFull && index > start) {
      yield messages.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += message.bytes;
  }
  if (start < messages.length) yield messages.slice(start);
}
