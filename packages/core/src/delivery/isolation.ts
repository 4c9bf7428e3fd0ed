import type { Handler, Message } from "../types.js";

/** Learns that a handler threw, or that its promise rejected. */
export type OnFailure = (message: Message, handlerIndex: number, thrown: unknown) => void;

/**
 * Calls a handler; whatever it throws, or its promise rejects with, goes to `onFailure` alone.
 *
 * @returns the promise that it returned, adopted
 */
export function callIsolated(
  handler: Handler,
  message: Message,
  handlerIndex: number,
  onFailure: OnFailure,
): Promise<unknown> | undefined {
  try {
    const result = handler(message);
    if (isThenable(result)) {
      // Adopting the result copes with thenables of other realms, and with those that misbehave.
      const promise = Promise.resolve(result);
      promise.catch((reason) => onFailure(message, handlerIndex, reason));
      return promise;
    }
  } catch (thrown) {
    onFailure(message, handlerIndex, thrown);
  }
  return undefined;
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
