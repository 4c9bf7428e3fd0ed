import { pause } from "../attempt.js";
import { describe } from "../describe.js";
import { hasEnded, type SagaState } from "../state.js";
import { again } from "./again.js";
import type { Host } from "./host.js";
import { lockOf } from "./journal.js";
import { untilAbandoned } from "./watch.js";

/** How often, at most, a manager looks for sagas that it does not run, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

interface Watch {
  readonly stop: AbortController;
  /** When it was told that nobody runs them, in milliseconds since the epoch. */
  toldAt?: number;
}

/** The sagas whose version is not registered here: somebody else runs them, or that is told. */
export class Others {
  readonly #host: Host;
  readonly #isRunHere: (lock: string) => boolean;
  /** By lock. */
  readonly #watches = new Map<string, Watch>();

  constructor(host: Host, isRunHere: (lock: string) => boolean) {
    this.#host = host;
    this.#isRunHere = isRunHere;
  }

  /** Looks for them, in a while where it has just done so. */
  readonly look: () => void = again(async () => {
    const { catalog, deadlines, disposed, warn } = this.#host;
    if (disposed.aborted) return;
    try {
      for (const state of await catalog.open()) {
        const lock = lockOf(state);
        if (!this.#isRunHere(lock) && !this.#watches.has(lock)) void this.#watch(lock, state);
      }
    } catch (error) {
      const message = `Sagas cannot be looked for: ${describe(error).message}`;
      if (!disposed.aborted) warn("SAGA_JOURNAL_FAILED", message, {}, error);
    }
    await pause(deadlines, LOOK_EVERY_MS, [disposed]);
  });

  /** They are run here from now on. */
  leave(lock: string): void {
    this.#watches.get(lock)?.stop.abort();
    this.#watches.delete(lock);
  }

  /** The state of a saga, as far as it is known here whether anybody runs it. */
  view(state: SagaState): SagaState {
    const toldAt = this.#watches.get(lockOf(state))?.toldAt;
    const isWaiting = toldAt !== undefined && !hasEnded(state) && state.changedAt <= toldAt;
    return isWaiting ? { ...state, status: "waiting" } : state;
  }

  /** Tells when nobody runs sagas that there are. */
  async #watch(lock: string, { name, version }: SagaState): Promise<void> {
    const { catalog, disposed, now, warn } = this.#host;
    const watch: Watch = { stop: new AbortController() };
    this.#watches.set(lock, watch);
    const signal = AbortSignal.any([watch.stop.signal, disposed]);
    try {
      await untilAbandoned({ name, version }, this.#host, signal);
      const left = (await catalog.open(name)).filter((state) => state.version === version);
      if (signal.aborted) return;
      if (left.length === 0) {
        this.#watches.delete(lock);
        return;
      }
      watch.toldAt = now();
      const ids = left.map(({ id }) => id);
      warn(
        "SAGA_VERSION_MISSING",
        `${ids.length} saga(s) "${name}" wait: no tab has registered version ${version}. Register it until they have ended.`,
        { name, version, ids },
      );
    } catch (error) {
      if (signal.aborted) return;
      const message = `Nobody knows whether the sagas "${name}", version ${version}, are run: ${describe(error).message}`;
      warn("SAGA_NOT_RUN", message, { name, version }, error);
    }
  }
}
