import { settings } from "../settings.js";
import { wait } from "../wait.js";

/** What the visitor can have go wrong in a step of the checkout. */
export type StepFault =
  | "none"
  | "fail-once"
  | "fail-always"
  | "delay"
  | "hang"
  | "compensation-fails"
  | "reload";

/** Each fault, with what it is called. */
export const STEP_FAULTS: Readonly<Record<StepFault, string>> = {
  none: "No fault",
  "fail-once": "Fail once, and be tried again",
  "fail-always": "Fail always",
  delay: "Delay",
  hang: "Hang",
  "compensation-fails": "Compensation fails",
  reload: "Reload the tab after commit",
};

/** Under which the tabs share them. */
const KEY = "step.faults";

/** How long a delayed step waits first: less than its timeout, in milliseconds. */
const DELAY_MS = 1_500;

/** What goes wrong in which step of the checkout: the same in all tabs, and after a reload. */
export class StepFaults {
  readonly #listeners = new Set<() => void>();
  readonly #reload: () => void;

  /** @param reload - loads the page again */
  constructor(reload: () => void = () => location.reload()) {
    this.#reload = reload;
    addEventListener("storage", ({ key }) => {
      if (key === KEY) this.#tell();
    });
  }

  get(step: string): StepFault {
    const fault = read()[step];
    return fault !== undefined && Object.hasOwn(STEP_FAULTS, fault) ? fault : "none";
  }

  /** Holds for what begins from now on, in all tabs. */
  set(step: string, fault: StepFault): void {
    settings.set(KEY, JSON.stringify({ ...read(), [step]: fault }));
    this.#tell();
  }

  /** Calls the listener when a fault changed, here or in another tab; returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Does what a step does, with its fault.
   *
   * @throws (rejects) as the fault has it, or as the deed does
   */
  async during<T>(step: string, signal: AbortSignal, deed: () => Promise<T>): Promise<T> {
    const fault = this.get(step);
    if (fault === "fail-once") {
      // Before it happens: it must not happen again, neither here nor in another tab.
      this.set(step, "none");
      throw new Error("It failed once, as you wanted.");
    }
    if (fault === "fail-always") throw new Error("It fails, as you want it.");
    if (fault === "delay") await wait(DELAY_MS, signal);
    if (fault === "hang") await wait(Number.POSITIVE_INFINITY, signal);
    const result = await deed();
    if (fault === "reload" && this.get(step) === "reload") {
      this.set(step, "none");
      this.#reload();
      // The saga never hears of it: the page goes.
      await wait(Number.POSITIVE_INFINITY, signal);
    }
    return result;
  }

  /** @throws (rejects) where the compensation of the step is to fail, or as the deed does */
  async duringUndo(step: string, deed: () => Promise<unknown>): Promise<void> {
    if (this.get(step) === "compensation-fails") {
      throw new Error("It can not be undone, as you want it.");
    }
    await deed();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function read(): Record<string, StepFault> {
  try {
    const faults: unknown = JSON.parse(settings.get(KEY) ?? "{}");
    return typeof faults === "object" && faults !== null
      ? (faults as Record<string, StepFault>)
      : {};
  } catch {
    // What cannot be read is no fault.
    return {};
  }
}
