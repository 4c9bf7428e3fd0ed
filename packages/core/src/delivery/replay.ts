import { invalidArgument } from "../arguments.js";
import type { Probe } from "../diagnostics/probe.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Retention } from "../policy/retention.js";
import type { Subscription } from "../topics/subscription.js";

/** How much of the past is asked for: a number of messages, or the newest of each topic. */
export type ReplayRequest = number | "latest";

/** @throws {@link InvalidArgumentError} for what is neither */
export function assertReplay(replay: unknown): void {
  if (replay === undefined || replay === "latest" || replay === Number.POSITIVE_INFINITY) return;
  if (Number.isInteger(replay) && (replay as number) >= 0) return;
  throw invalidArgument(
    "replay",
    replay,
    'a whole number of messages, 0 or more, Infinity, or "latest"',
  );
}

/** Delivers retained messages at once, and tells of those that are no longer there. */
export function replayRetained(
  retention: Retention,
  subscription: Subscription,
  request: ReplayRequest,
  reporter: Reporter,
  probe: Probe,
): void {
  const { route, filter } = subscription;
  const { messages, missing } =
    request === "latest"
      ? retention.newestByTopic(route.pattern, filter)
      : retention.last(route.pattern, request, filter);
  if (missing > 0) {
    reporter.tell({ type: "gap", kind: "replay", from: route.pattern, count: missing });
  }
  for (const message of messages) {
    if (!subscription.active) return;
    probe.call(subscription, message, -1, reporter.handlerFailed);
  }
}
