import { findUncloneable, type Message } from "@pubsub-mfe/core";
import { type CrossTabError, UncloneableMessageError } from "./errors.js";

/**
 * Tells of the messages that are to blame, so that the others can go out.
 *
 * @param cause - why they could not be copied together
 * @param to - who they were for, when it was not the other tabs
 * @returns the others; all of them where none is to blame
 */
export function leaveOutUncloneable(
  messages: readonly Message[],
  cause: unknown,
  onError: (error: CrossTabError) => void,
  to?: string,
): readonly Message[] {
  return messages.filter((message) => {
    const field = findUncloneable(message);
    if (field === undefined) return true;
    const { topic, id } = message;
    onError(new UncloneableMessageError(topic, id, field || "payload", cause, to));
    return false;
  });
}
