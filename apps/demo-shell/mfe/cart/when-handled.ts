import type { PubSubBus } from "@pubsub-mfe/core";

/**
 * Waits until somebody handles a command: after a reload a checkout goes on before all
 * microfrontends are mounted.
 *
 * @throws (rejects) with the reason of the signal when that aborts
 */
export function whenHandled(bus: PubSubBus, type: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const look = (): void => {
      if (bus.handlerCount(type) === 0) return;
      end();
      resolve();
    };
    const giveUp = (): void => {
      end();
      reject(signal.reason);
    };
    const end = (): void => {
      unlisten();
      signal.removeEventListener("abort", giveUp);
    };
    const unlisten = bus.onSubscriptionsChange(look);
    signal.addEventListener("abort", giveUp, { once: true });
    look();
  });
}
