import { StalePositionError } from "@pubsub-mfe/core";

const DIGITS = 16;

/** `m`: of messages, `e`: of events. */
type Kind = "m" | "e";

const prefixOf = (kind: Kind, databaseId: string): string => `${databaseId}.${kind}.`;

/** Writes a row's number as a position, which sorts as a string. */
export function formatPosition<Position extends string>(
  kind: Kind,
  databaseId: string,
  n: number,
): Position {
  return (prefixOf(kind, databaseId) + String(n).padStart(DIGITS, "0")) as Position;
}

/** @throws {@link StalePositionError} for a position of another database or kind, and for what is none */
export function parsePosition(kind: Kind, databaseId: string, position: unknown): number {
  const prefix = prefixOf(kind, databaseId);
  const digits =
    typeof position === "string" && position.startsWith(prefix) && position.slice(prefix.length);
  if (digits && digits.length === DIGITS && /^\d+$/.test(digits)) return Number(digits);
  throw new StalePositionError(position);
}
