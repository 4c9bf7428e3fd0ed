import { invalidArgument } from "../shared/pattern-error.js";

/** What of a circuit is worth keeping over a reload. Times are of the wall clock. */
export interface SavedCircuit {
  /** What is from another version is not restored. */
  readonly version: 1;
  readonly name: string;
  readonly state: "CLOSED" | "OPEN";
  /** Failures in a row. */
  readonly failures: number;
  /** How often it opened since it was closed. */
  readonly openings: number;
  /** When it lets a probe in, in milliseconds since the epoch; `null` when closed, or never. */
  readonly retryAt: number | null;
}

/**
 * @returns nothing for what was never saved, or is from another version
 * @throws {@link PatternError} `INVALID_ARGUMENT` for what is no saved circuit, or that of another name
 */
export function readSaved(saved: unknown, name: string): SavedCircuit | undefined {
  if (saved === null || saved === undefined) return undefined;
  const found = saved as SavedCircuit;
  const { version, state, failures, openings, retryAt } = found;
  if (typeof version === "number" && version !== 1) return undefined;
  const isRight =
    version === 1 &&
    found.name === name &&
    (state === "OPEN" || state === "CLOSED") &&
    [failures, openings, retryAt ?? 0].every((value) => Number.isFinite(value) && value >= 0);
  if (isRight) return found;
  throw invalidArgument("The saved circuit", asText(saved), `what toJSON() of "${name}" returned`);
}

/** @returns what has no JSON, or throws for it, as it is */
function asText(saved: unknown): unknown {
  try {
    return JSON.stringify(saved) ?? saved;
  } catch {
    return saved;
  }
}
