import { checkChoice, invalidArgument } from "../arguments.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { HandlerLimitError } from "../errors.js";
import type { Route } from "../topics/route.js";
import type { PubSubConfig } from "../types.js";

/** Bounds the handlers of one pattern: mostly it is a subscription that nobody ends. */
export class HandlerLimit {
  readonly #most: number;
  readonly #throws: boolean;
  readonly #reporter: Reporter;

  constructor(config: PubSubConfig, reporter: Reporter) {
    const { maxHandlersPerTopic = 50 } = config;
    if (typeof maxHandlersPerTopic !== "number" || !(maxHandlersPerTopic >= 0)) {
      const rule = "a number, 0 or more. For no limit pass Infinity";
      throw invalidArgument("maxHandlersPerTopic", maxHandlersPerTopic, rule);
    }
    checkChoice("onMaxHandlersExceeded", config.onMaxHandlersExceeded, ["throw", "warn"]);
    this.#most = maxHandlersPerTopic;
    this.#throws = config.onMaxHandlersExceeded !== "warn";
    this.#reporter = reporter;
  }

  /**
   * @param route - of the pattern; none while it has no handler
   * @returns whether one more handler may come
   * @throws {@link HandlerLimitError} where it may not, unless only a warning was asked for
   */
  allows(pattern: string, route: Route | undefined): boolean {
    const currentCount = route?.limitedCount ?? 0;
    const maxAllowed = this.#most;
    if (currentCount < maxAllowed) return true;
    this.#reporter.tell({
      type: "limit-exceeded",
      limitType: "max-handlers",
      pattern,
      currentCount,
      maxAllowed,
    });
    if (this.#throws) throw new HandlerLimitError(pattern, maxAllowed);
    return false;
  }
}
