/** What the main thread of a page did, in milliseconds of the processor. */
interface MainThread {
  readonly longest: number;
  readonly total: number;
}

interface Runner {
  startTrace(): Promise<void>;
  endTrace(): Promise<MainThread>;
}

/** Begins to record what the main thread does; only in Chromium. */
export function startTrace(): Promise<void> {
  return (globalThis as unknown as Runner).startTrace();
}

export function endTrace(): Promise<MainThread> {
  return (globalThis as unknown as Runner).endTrace();
}
