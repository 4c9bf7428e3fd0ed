import type { Message } from "@pubsub-mfe/core";
import { readFailure, toFailure } from "../shared/failure.js";
import { IN_PAGE, type PatternBus } from "../shared/pattern-bus.js";
import { tell } from "../shared/tell.js";
import { reviveError } from "../shared/travelled-errors.js";

/** Where the answer to a command or query is published, on the bus for events. */
export const resultTopic = (type: string, id: string): string => `${type}.result.${id}`;

/**
 * Nothing is published under it: who answers is subscribed to it, so that every copy on the page can
 * tell those who answer from those who only listen.
 */
export const answererTopic = (type: string): string => `${type}.answerer`;

/** Says that nobody waits any more. */
export const cancelTopic = (type: string, id: string): string => `${type}.cancel.${id}`;

/** Says that a handler has ended, and which asks it still answers: others of its type are lost. */
export const goneTopic = (type: string): string => `${type}.gone`;

export function publishResult(
  bus: PatternBus,
  type: string,
  cause: Message,
  value: unknown,
  meta: Readonly<Record<string, unknown>>,
): void {
  const id = cause.meta?.correlationId ?? cause.id;
  const options = { ...IN_PAGE, cause, correlationId: id, meta };
  tell(bus, resultTopic(type, id), value, options);
}

export const SUCCEEDED = { status: "ok" };

export function failed(thrown: unknown): Readonly<Record<string, unknown>> {
  return { status: "error", failure: toFailure(thrown) };
}

/** @throws what the handler threw */
export function readResult({ payload, meta }: Message): unknown {
  // A plain handler publishes its result, and no more.
  if (meta?.status !== "error") return payload;
  throw reviveError(readFailure(meta.failure, "It failed."));
}
