/** Under this a bus, or a scope, has the signals that abort when its subscriptions are cleared. */
export const CLEARING: unique symbol = Symbol.for("@pubsub-mfe/clearing") as never;

/** The signals by which waits and streams learn that `clear()` has ended them. */
export function clearingOf(bus: object | undefined): readonly AbortSignal[] {
  return (bus as { readonly [CLEARING]?: readonly AbortSignal[] } | undefined)?.[CLEARING] ?? [];
}
