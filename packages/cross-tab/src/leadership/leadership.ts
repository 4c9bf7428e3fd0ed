import type { LockContext, Locks } from "@pubsub-mfe/core/locks";
import { CrossTabError } from "../errors.js";
import { type LeadCallback, LeaderScope, type LeadOptions } from "./leader-scope.js";

/** A leader that is silent for so long is taken for stuck: beyond its longest task, within 5 s. */
const STEAL_AFTER_MS = 3_000;

/** What leadership works with. */
export interface LeadershipContext {
  readonly locks: Locks;
  /** The name of the lock that the leader holds. */
  readonly name: string;
  /** This tab leads, until the signal aborts. */
  onTurn(turn: LockContext): void;
  /** There will be no leader here. */
  onUnavailable(error: unknown): void;
}

/** Waits for the lead, keeps it, and waits anew when it was lost or handed on. */
export class Leadership {
  readonly #context: LeadershipContext;
  readonly #scopes = new Set<LeaderScope>();
  #turn: LockContext | undefined;
  #resign = new AbortController();
  #runs = false;
  /** Why nobody can lead here. */
  #failure: { readonly error: unknown } | undefined;

  constructor(context: LeadershipContext) {
    this.#context = context;
  }

  /** Whether this tab leads. It is over when the signal aborts, before anybody was told. */
  get isLeading(): boolean {
    return this.#turn?.signal.aborted === false;
  }

  /** Takes part until the signal aborts; then what waits for the lead rejects with its reason. */
  async run(ended: AbortSignal): Promise<void> {
    this.#runs = true;
    const { locks, name, onUnavailable } = this.#context;
    const options = { signal: ended, stealAfter: STEAL_AFTER_MS };
    try {
      while (!ended.aborted) await locks.hold(name, (turn) => this.#lead(turn, ended), options);
    } catch (error) {
      if (!ended.aborted) {
        this.#failure = { error };
        onUnavailable(error);
      }
    }
    this.#giveUp(ended.aborted ? ended.reason : this.#failure?.error);
  }

  /** Ends what waits for a part that will not be taken; `run` ends by its signal. */
  end(reason: unknown): void {
    if (!this.#runs) this.#giveUp(reason);
  }

  lead<T>(callback: LeadCallback<T>, options: LeadOptions): Promise<T> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    return new Promise<T>((resolve, reject) => {
      const scope = new LeaderScope<T>(callback, options.signal, {
        resolve,
        reject,
        onEnd: () => this.#scopes.delete(scope as LeaderScope),
      });
      this.#scopes.add(scope as LeaderScope);
      if (this.#turn && this.isLeading) void scope.run(this.#turn);
    });
  }

  /** Hands the lead on: scopes are told, and it goes when they have ended. */
  resign(): void {
    this.#resign.abort(new CrossTabError("RESIGNED", "This tab handed the lead on by resign()."));
  }

  #giveUp(reason: unknown): void {
    for (const scope of this.#scopes) scope.giveUp(reason);
  }

  async #lead({ epoch, signal: held }: LockContext, ended: AbortSignal): Promise<void> {
    this.#resign = new AbortController();
    const turn = { epoch, signal: AbortSignal.any([held, ended, this.#resign.signal]) };
    this.#turn = turn;
    this.#context.onTurn(turn);
    // Those who ask later run at once.
    for (const scope of this.#scopes) void scope.run(turn);
    await new Promise<void>((resolve) => {
      if (turn.signal.aborted) resolve();
      else turn.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    // Whoever leads next finds nothing of this turn under way.
    await Promise.all([...this.#scopes].map((scope) => scope.settled));
  }
}
