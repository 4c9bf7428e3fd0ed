import type { StoredEvent } from "@pubsub-mfe/core";
import type { SagaStatus, StepStatus } from "@pubsub-mfe/patterns/saga";
import { sagaWord, stepWord } from "../patterns/saga-words.js";
import type { Model } from "./model.js";

/** What the events of a saga's journal are called. */
const JOURNAL = "saga.journal.";

interface Saga {
  readonly status: SagaStatus;
  readonly steps: readonly { readonly name: string; readonly status: StepStatus }[];
}

/** What this reads of the entries of a journal. */
interface Entry {
  readonly name: string;
  readonly id: string;
  /** The names of all steps, of the first entry. */
  readonly steps: readonly string[];
  readonly step?: number;
  readonly next?: "retry" | "compensate" | "stuck";
  readonly final?: boolean;
  readonly status: SagaStatus;
}

/** How far each saga and each of its steps is, the newest saga first, by their journals. */
export const sagaModel: Model<ReadonlyMap<string, Saga>, StoredEvent> = {
  title: "Sagas",
  whenEmpty: "No saga had begun until then. Put something into the cart, and pay.",
  empty: new Map(),
  fold: (sagas, { type, payload, stream }) => {
    if (!type.startsWith(JOURNAL)) return sagas;
    const saga = evolve(sagas.get(stream), type.slice(JOURNAL.length), payload);
    return saga ? new Map(sagas).set(stream, saga) : sagas;
  },
  facts: (sagas) => {
    const facts = new Map<string, string>();
    for (const [stream, { status, steps }] of [...sagas].reverse()) {
      const [name, id] = partsOf(stream);
      facts.set(`${id} ${name}`, sagaWord({ status }));
      for (const step of steps) facts.set(`${id} ${step.name}`, stepWord(step));
    }
    return facts;
  },
};

function evolve(saga: Saga | undefined, type: string, entry: Entry): Saga | undefined {
  if (type === "begun") {
    const steps = entry.steps.map((name) => ({ name, status: "pending" as const }));
    return { status: "running", steps };
  }
  if (!saga) return undefined;
  const status = stepStatusAfter(type, entry);
  const steps = status
    ? saga.steps.map((step, index) => (index === entry.step ? { ...step, status } : step))
    : saga.steps;
  return { status: statusAfter(saga, type, entry), steps };
}

function stepStatusAfter(type: string, { final }: Entry): StepStatus | undefined {
  switch (type) {
    case "step.started":
      return "started";
    case "step.done":
      return "done";
    case "step.failed":
      return "failed";
    case "compensation.started":
      return "compensating";
    case "compensation.done":
      return "compensated";
    case "compensation.failed":
      return final ? "compensation-failed" : undefined;
    default:
      return undefined;
  }
}

function statusAfter({ status, steps }: Saga, type: string, entry: Entry): SagaStatus {
  if (type === "ended") return entry.status;
  if (type === "step.failed" && entry.next === "compensate") return "compensating";
  if (type === "step.failed" && entry.next === "stuck") return "stuck";
  if (type !== "retry.requested") return status;
  return steps.some((step) => step.status === "compensation-failed") ? "compensating" : "running";
}

/** The name and the id of a saga, of `saga/<name>/<id>`, whose parts are encoded. */
function partsOf(stream: string): string[] {
  return stream.split("/").slice(1).map(decodeURIComponent);
}
