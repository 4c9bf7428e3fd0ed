import type { PatternBus } from "../shared/pattern-bus.js";
import { tell } from "../shared/tell.js";
import type { Entry } from "./entries.js";
import type { SagaEvents } from "./events.js";
import type { RunningState } from "./state.js";

/** Publishes what happened to a saga; `state` is the one after it. */
export function announce(
  bus: Pick<PatternBus, "publish"> | undefined,
  state: RunningState,
  entry: Entry,
): void {
  if (!bus) return;
  const { name, id, steps, failure } = state;
  const say = <Topic extends keyof SagaEvents>(
    topic: Topic,
    payload: Omit<SagaEvents[Topic], "name" | "id">,
  ): void => tell(bus, topic, { ...payload, name, id });
  const numbered = (step: number) => ({ step: step + 1, stepName: steps[step]?.name ?? "" });
  if (entry.type === "step.done") {
    say("saga.step.completed", { ...numbered(entry.step), total: steps.length });
  } else if (entry.type === "compensation.done") {
    say("saga.step.compensated", numbered(entry.step));
  } else if (entry.type === "compensation.failed" && entry.final) {
    const error = entry.failure.message;
    say("saga.compensation.failed", { ...numbered(entry.step), error, failure: entry.failure });
  } else if (entry.type === "step.failed" && entry.next === "compensate") {
    say("saga.failed", { error: entry.failure.message, failure: entry.failure });
  } else if (entry.type === "ended" && entry.status === "completed") {
    say("saga.completed", {});
  }
  const isStuckNow = entry.type === "ended" || entry.type === "step.failed";
  if (isStuckNow && state.status === "stuck") {
    // After the pivot one step has failed; before it, a step that has failed is why others are undone.
    const which = entry.type === "ended" ? "compensation-failed" : "failed";
    const stuck = steps.flatMap((step, n) =>
      step.status === which ? [{ ...numbered(n), error: step.failure?.message }] : [],
    );
    say("saga.dead-letter", { error: failure?.message, failure, steps: stuck });
  }
}
