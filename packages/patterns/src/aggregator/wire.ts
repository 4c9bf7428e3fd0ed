import type { Message, Unsubscribe } from "@pubsub-mfe/core";
import { readFailure } from "../shared/failure.js";
import { IN_PAGE, OWN, type PatternBus } from "../shared/pattern-bus.js";
import { tell } from "../shared/tell.js";
import { reviveError } from "../shared/travelled-errors.js";
import type { SourceOutcome } from "./outcome.js";

/**
 * The last segment of the topics of a source: `request` and `response` carry payloads; `cancel` says
 * that the asker no longer waits. Nothing is published as `turn`: who waits for an answer without an
 * id is subscribed to it, and so are the responders to `cancel`, so that every copy on the page can
 * count them. `free` says that a turn is over; `gone` that a responder stops, and what it still answers.
 */
export type Leg = "request" | "response" | "cancel" | "turn" | "free" | "gone";

export function topicOf(source: string, leg: Leg): string {
  return `aggregate.${source}.${leg}`;
}

/** Counts those on the page who listen to a leg; `undefined` where the bus can not tell. */
export function countOf(bus: PatternBus, source: string, leg: Leg): number | undefined {
  return bus.handlerCount?.(topicOf(source, leg));
}

export function listen(
  bus: PatternBus,
  source: string,
  leg: Leg,
  handler: (message: Message) => unknown,
): Unsubscribe {
  return bus.subscribe(topicOf(source, leg), handler, OWN);
}

/**
 * Tells those who wait for their turn that one is over.
 *
 * @param own - how many of the listeners are its own
 * @param owed - of an ask that nobody listens for any more: how long its answer may still come
 */
export function tellFree(
  { bus, source }: { readonly bus: PatternBus; readonly source: string },
  own: number,
  owed?: { readonly id: string; readonly restMs: number },
): void {
  const waiting = countOf(bus, source, "free") ?? 0;
  if (waiting <= own) return;
  const { id, restMs } = owed ?? {};
  tell(bus, topicOf(source, "free"), undefined, {
    ...IN_PAGE,
    correlationId: id,
    ...(owed && { meta: { restMs } }),
  });
}

/** Never throws: what can not be read is an error of the source. */
export function readAnswer({ payload, meta }: Message): SourceOutcome {
  try {
    if (meta?.status !== "error") return { status: "value", value: payload };
    return { status: "error", error: reviveError(readFailure(meta.failure, "It failed.")) };
  } catch (error) {
    return { status: "error", error };
  }
}
