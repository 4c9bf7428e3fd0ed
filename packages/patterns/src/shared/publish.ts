import type { PublishOptions } from "@pubsub-mfe/core";
import type { PatternBus } from "./pattern-bus.js";
import { PatternError } from "./pattern-error.js";

/**
 * Publishes what somebody waits for the answer to.
 *
 * @throws what the bus refuses it with; {@link PatternError} `RATE_LIMITED` where the bus drops it
 */
export function publishAsk(
  bus: Pick<PatternBus, "publish">,
  topic: string,
  payload: unknown,
  options?: PublishOptions,
): void {
  const message = bus.publish(topic, payload, options) as
    | { readonly meta?: { readonly _rateLimited?: unknown } }
    | undefined;
  if (message?.meta?._rateLimited === true) {
    throw new PatternError(
      "RATE_LIMITED",
      `"${topic}" was not published: the bus is over its rate limit. Ask again later.`,
    );
  }
}
