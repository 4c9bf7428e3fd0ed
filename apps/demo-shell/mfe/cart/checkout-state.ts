import type { SagaState, SagaStepState } from "@pubsub-mfe/patterns/saga";
import { CHECKOUT_STEPS, type CheckoutStep } from "../../src/checkout-steps.js";
import type { CheckoutInput } from "./checkout.js";

/** A checkout, as its journal tells it. */
export type CheckoutState = Pick<SagaState, "id" | "status" | "failure" | "startedAt" | "pivot"> & {
  readonly input: CheckoutInput;
  readonly steps: readonly SagaStepState[];
};

/** A line about a step, or about what undoes it. */
export interface StepLine {
  readonly key: string;
  readonly state: "pending" | "running" | "done" | "failed" | "undoing" | "undone";
  readonly title: string;
  /** How long it took, or what is wrong. */
  readonly note: string;
}

/** Tells how far the steps are: first what is done, then what is undone, the last first. */
export function tellSteps(checkout: CheckoutState): StepLine[] {
  const forward: StepLine[] = [];
  const back: StepLine[] = [];
  for (const state of checkout.steps) {
    const step = CHECKOUT_STEPS.find(({ name }) => name === state.name);
    if (!step) continue;
    forward.push(tellForward(step, state, checkout));
    const undo = tellBack(step, state);
    if (undo) back.unshift(undo);
  }
  return [...forward, ...back];
}

function tellForward(
  { name: key, title }: CheckoutStep,
  { status, result, startedAt = 0, changedAt = 0, attempts }: SagaStepState,
  { failure }: CheckoutState,
): StepLine {
  const again = attempts > 1 ? ` Tried ${attempts} times.` : "";
  if (status === "pending") return { key, title, state: "pending", note: "" };
  if (status === "started") {
    return {
      key,
      title,
      state: "running",
      note: `running…${attempts > 1 ? ` try ${attempts}` : ""}`,
    };
  }
  if (result === undefined) {
    return { key, title, state: "failed", note: `${failure?.message ?? "tried again…"}${again}` };
  }
  // What is undone has changed since it was done.
  const took = status === "done" ? `${Math.max(1, changedAt - startedAt)} ms` : "";
  return { key, title, state: "done", note: [took, again.trim()].filter(Boolean).join(" · ") };
}

function tellBack(
  { name, undo: title }: CheckoutStep,
  { status, failure, compensationAttempts: tries }: SagaStepState,
): StepLine | undefined {
  if (!title) return undefined;
  const key = `undo ${name}`;
  switch (status) {
    case "compensating":
      return {
        key,
        title,
        state: "undoing",
        note: tries > 1 ? `running… try ${tries}` : "running…",
      };
    case "compensated":
      return { key, title, state: "undone", note: "done" };
    case "compensation-failed":
      return { key, title, state: "failed", note: failure?.message ?? "failed" };
    default:
      return undefined;
  }
}

/** Whether nothing more happens to it by itself. */
export function hasEnded({ status }: Pick<CheckoutState, "status">): boolean {
  return status === "completed" || status === "failed" || status === "stuck";
}

/** Whether it can still be undone: until the step begins after which there is no way back. */
export function mayBeCancelled({ status, steps, pivot }: CheckoutState): boolean {
  return status === "running" && steps[pivot]?.status === "pending";
}
