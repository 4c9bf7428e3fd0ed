const CLEARING = Symbol.for("@pubsub-mfe/clearing");

/** Has waits and streams on a bus, or a scope, learn that its `clear()` has ended them. */
export function tellClearing(bus: object, signals: () => readonly AbortSignal[]): void {
  Object.defineProperty(bus, CLEARING, { get: signals });
}

/** The signals that abort when what waits on a bus is cleared. */
export function clearingOf(bus: object | undefined): readonly AbortSignal[] {
  return (bus as { readonly [CLEARING]?: readonly AbortSignal[] } | undefined)?.[CLEARING] ?? [];
}
