import type { SagaState, SagaStepState } from "@pubsub-mfe/patterns/saga";
import { create } from "../dom.js";

const STEP_WORDS: Readonly<Record<SagaStepState["status"], string>> = {
  pending: "· pending",
  started: "◐ running",
  done: "✓ done",
  failed: "✕ failed",
  compensating: "↶ compensating",
  compensated: "↺ compensated",
  "compensation-failed": "⊘ stuck",
};

const SAGA_WORDS: Readonly<Record<SagaState["status"], string>> = {
  running: "◐ running",
  waiting: "◷ waits for a tab that can run it",
  compensating: "↶ rolling back",
  completed: "✓ completed",
  failed: "✕ failed, and undone",
  stuck: "⊘ stuck",
};

const SAGA_CLASSES: Readonly<Record<SagaState["status"], string>> = {
  running: "",
  waiting: "uneasy",
  compensating: "uneasy",
  completed: "ok",
  failed: "failing",
  stuck: "failing",
};

export function sagaWord({ status }: Pick<SagaState, "status">): string {
  return SAGA_WORDS[status];
}

export function stepWord({ status }: Pick<SagaStepState, "status">): string {
  return STEP_WORDS[status];
}

export function sagaChip({ status }: SagaState): HTMLElement {
  return create("span", {
    className: `chip ${SAGA_CLASSES[status]}`,
    textContent: sagaWord({ status }),
  });
}

/** The step where the saga is: the one under way, or else the last that anything happened to. */
export function currentStep({ steps, status }: SagaState): string | undefined {
  const underWay = steps.find(
    (step) => step.status === "started" || step.status === "compensating",
  );
  if (underWay) return underWay.name;
  const touched = steps.filter((step) => step.changedAt !== undefined);
  touched.sort((a, b) => (a.changedAt ?? 0) - (b.changedAt ?? 0));
  return (touched.at(-1) ?? (status === "completed" ? steps.at(-1) : steps[0]))?.name;
}
