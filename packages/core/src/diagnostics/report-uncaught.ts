/**
 * Reports what nobody caught and nobody listens for, as the platform does: the window's `error` event
 * where there is one, otherwise the console.
 *
 * @param prefix - of the line in the console, for example `[@pubsub-mfe/core]`
 */
export function reportUncaught(thrown: unknown, prefix: string): void {
  if (typeof reportError === "function") reportError(thrown);
  else console.error(prefix, thrown);
}
