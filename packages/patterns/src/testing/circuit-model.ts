export interface ModelSettings {
  readonly threshold: number;
  readonly timeout: number;
  readonly growth: number;
  readonly maxTimeout: number;
  readonly probes: number;
  readonly requiredSuccesses: number;
  readonly probeTimeout: number;
  readonly window: WindowSettings | undefined;
}

export interface WindowSettings {
  readonly calls?: number;
  readonly ms?: number;
  readonly minimumCalls: number;
  readonly failureRate: number;
  readonly slowCallMs: number;
  readonly slowCallRate: number;
}

export interface ModelCall {
  readonly period: object;
  readonly startMs: number;
  end: "open" | "succeeded" | "failed" | "aborted" | "timed out";
}

/**
 * A circuit breaker as one would explain it: it keeps all that happened, and looks through it.
 * Times are of the wall clock.
 */
export class CircuitModel {
  state = "CLOSED";
  nowMs: number;
  /** When the page was loaded: slots of a window of time are counted from there. */
  readonly #startMs: number;
  readonly told: string[] = [];
  readonly calls: ModelCall[] = [];
  isolations: object[] = [];
  readonly #probes = new Set<ModelCall>();
  readonly #slowProbes = new Set<ModelCall>();
  readonly #settings: ModelSettings;
  /** The time between two changes of state. */
  #period = {};
  #inARow = 0;
  #openings = 0;
  #retryAt = 0;
  /** All calls that count since the circuit closed. */
  #ended: { atMs: number; failed: boolean; slow: boolean }[] = [];

  constructor(nowMs: number, chosen: ModelSettings) {
    this.nowMs = this.#startMs = nowMs;
    this.#settings = chosen;
  }

  /** @returns whether the call is made */
  call(): boolean {
    if (this.state === "OPEN" && this.nowMs >= this.#retryAt) this.#become("HALF_OPEN");
    const isLetIn =
      this.state === "CLOSED" ||
      (this.state === "HALF_OPEN" && this.#probesBut("aborted").length < this.#settings.probes);
    if (isLetIn) {
      const call: ModelCall = { period: this.#period, startMs: this.nowMs, end: "open" };
      this.calls.push(call);
      if (this.state === "HALF_OPEN") this.#probes.add(call);
    }
    return isLetIn;
  }

  end(call: ModelCall, how: ModelCall["end"]): void {
    call.end = how;
    if (call.period !== this.#period || how === "aborted") return;
    const failed = how !== "succeeded";
    const slow = this.nowMs - call.startMs > (this.#settings.window?.slowCallMs ?? Infinity);
    this.#inARow = failed ? this.#inARow + 1 : 0;
    if (this.state === "HALF_OPEN") {
      this.#endProbe(call, slow);
    } else {
      this.#ended.push({ atMs: this.nowMs, failed, slow });
      if ((failed || slow) && this.#isTooMuch()) this.#open();
    }
  }

  /** Lets time pass, which ends the probes whose time is up. */
  advance(ms: number): void {
    const endMs = this.nowMs + ms;
    const hung = this.calls.filter((call) => call.end === "open" && this.#probes.has(call));
    for (const call of hung.sort((a, b) => a.startMs - b.startMs)) {
      const dueMs = call.startMs + this.#settings.probeTimeout;
      if (dueMs > endMs) continue;
      this.nowMs = dueMs;
      this.end(call, "timed out");
    }
    this.nowMs = endMs;
  }

  isolate(): void {
    this.isolations.push({});
    if (this.state !== "ISOLATED") this.#become("ISOLATED");
  }

  endIsolation(isolation: object): void {
    this.isolations = this.isolations.filter((other) => other !== isolation);
    if (this.isolations.length === 0) this.#close();
  }

  reset(): void {
    this.isolations = [];
    if (this.state === "CLOSED") this.#period = {};
    this.#close();
  }

  /** What another page has of it that restores what this one saved. */
  reloaded(): CircuitModel {
    const next = new CircuitModel(this.nowMs, this.#settings);
    next.#inARow = this.#inARow;
    if (this.state === "OPEN" || this.state === "HALF_OPEN") {
      next.#openings = this.#openings;
      next.#retryAt = this.state === "OPEN" ? this.#retryAt : this.nowMs;
      next.#become("OPEN");
    }
    return next;
  }

  #endProbe(call: ModelCall, slow: boolean): void {
    if (slow) this.#slowProbes.add(call);
    const { probes, requiredSuccesses } = this.#settings;
    const passed = this.#probesBut("open", "aborted", "failed", "timed out").filter(
      (other) => !this.#slowProbes.has(other),
    ).length;
    const failed = this.#probesBut("open", "aborted").length - passed;
    if (failed > probes - requiredSuccesses) this.#open();
    else if (passed >= requiredSuccesses) {
      this.#close();
      this.#ended = [{ atMs: this.nowMs, failed: false, slow: false }];
    }
  }

  /** The calls of this half-open time, but for those that ended so. */
  #probesBut(...without: ModelCall["end"][]): ModelCall[] {
    return this.calls.filter(
      ({ period, end }) => period === this.#period && !without.includes(end),
    );
  }

  #isTooMuch(): boolean {
    const { threshold, window } = this.#settings;
    if (this.#inARow >= threshold) return true;
    if (!window) return false;
    const slotMs = (window.ms ?? 0) / 10;
    const slotOf = (ms: number): number => Math.floor((ms - this.#startMs) / slotMs);
    const inWindow = this.#ended.filter(
      ({ atMs }, n) =>
        (window.calls !== undefined && n >= this.#ended.length - window.calls) ||
        (window.ms !== undefined && slotOf(atMs) > slotOf(this.nowMs) - 10),
    );
    const total = inWindow.length;
    if (total < window.minimumCalls) return false;
    const failed = inWindow.filter((call) => call.failed).length;
    const slow = inWindow.filter((call) => call.slow).length;
    return failed >= window.failureRate * total || slow >= window.slowCallRate * total;
  }

  #open(): void {
    const { timeout, growth, maxTimeout } = this.#settings;
    this.#retryAt = this.nowMs + Math.min(timeout * growth ** this.#openings, maxTimeout);
    this.#openings += 1;
    this.#become("OPEN");
  }

  #close(): void {
    this.#inARow = this.#openings = 0;
    this.#ended = [];
    if (this.state !== "CLOSED") this.#become("CLOSED");
  }

  #become(state: string): void {
    this.state = state;
    this.#period = {};
    this.told.push(state);
  }
}
