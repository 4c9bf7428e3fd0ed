import { invalidArgument } from "../arguments.js";
import type { Unsubscribe } from "../types.js";

/** Ends subscriptions by signal, with one listener a signal however many subscriptions it has. */
export class AbortGroups {
  readonly #groups = new Map<AbortSignal, Set<Unsubscribe>>();
  readonly #onAbort = (event: Event): void => {
    const signal = event.target as AbortSignal;
    const members = this.#groups.get(signal) ?? [];
    this.#groups.delete(signal);
    for (const unsubscribe of members) unsubscribe();
  };

  add(signal: AbortSignal, unsubscribe: Unsubscribe): void {
    const members = this.#groups.get(signal);
    if (members) {
      members.add(unsubscribe);
      return;
    }
    this.#groups.set(signal, new Set([unsubscribe]));
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  remove(signal: AbortSignal, unsubscribe: Unsubscribe): void {
    const members = this.#groups.get(signal);
    if (!members?.delete(unsubscribe) || members.size > 0) return;
    this.#groups.delete(signal);
    signal.removeEventListener("abort", this.#onAbort);
  }

  clear(): void {
    for (const signal of this.#groups.keys()) signal.removeEventListener("abort", this.#onAbort);
    this.#groups.clear();
  }
}

/** @throws {@link InvalidArgumentError} for what cannot abort; one of another realm can */
export function assertSignal(signal: unknown): void {
  if (signal === undefined) return;
  if (typeof (signal as AbortSignal | null)?.addEventListener === "function") return;
  throw invalidArgument("signal", signal, "the signal of an AbortController");
}
