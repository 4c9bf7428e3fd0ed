import { findUncloneable, type Message } from "@pubsub-mfe/core";
import type { NewRow, Row } from "./database.js";
import { UncloneableMessageError } from "./errors.js";

/** Leaves out what cannot be stored, and tells of it: its neighbours are stored. */
export function toRows(
  ns: string,
  messages: readonly Message[],
  onError: (error: UncloneableMessageError) => void,
): NewRow[] {
  const rows: NewRow[] = [];
  for (const message of messages) {
    try {
      rows.push(toRow(ns, message));
    } catch (error) {
      onError(error as UncloneableMessageError);
    }
  }
  return rows;
}

/**
 * Copies a message into a row, so that what handlers do to the payload does not reach the log.
 *
 * @throws {@link UncloneableMessageError} naming the field that is to blame
 */
function toRow(ns: string, message: Message): NewRow {
  try {
    return structuredClone({ ns, ...message });
  } catch (error) {
    const field = findUncloneable(message) ?? "payload";
    throw new UncloneableMessageError(message.topic, message.id, field, error);
  }
}

export function toMessage({ ns: _, position: __, ...message }: NewRow & Partial<Row>): Message {
  if (message.meta) Object.freeze(message.meta);
  return Object.freeze(message);
}
