const CLEARING = Symbol.for("@pubsub-mfe/clearing");

/** Has waits and streams on a bus, or a scope, learn that its `clear()` has ended them. */
export function tellClearing(bus: object, signals: () => readonly AbortSignal[]): void {
  // No getter: by one of its own each bus would be of another shape, and every access to it slower.
  Object.defineProperty(bus, CLEARING, { value: signals });
}

/** The signals that abort when what waits on a bus is cleared. */
export function clearingOf(bus: object | undefined): readonly AbortSignal[] {
  return (bus as { [CLEARING]?(): readonly AbortSignal[] } | undefined)?.[CLEARING]?.() ?? [];
}
