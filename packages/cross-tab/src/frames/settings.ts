import { type Clock, type ConnectOptions, systemClock } from "@pubsub-mfe/core";
import { callback, PREFIX } from "../callback.js";
import { CrossTabError } from "../errors.js";
import { randomName } from "../random-name.js";
import { directRules } from "../topic-rules.js";
import type { PeerOptions } from "./types.js";

/** The options of a connection, checked and complete. */
export interface PeerSettings {
  readonly clientId: string;
  readonly timeoutMs: number;
  readonly bufferLimit: number;
  readonly clock: Clock;
  readonly rules: ConnectOptions;
  tell(error: CrossTabError): void;
}

/** @throws {@link CrossTabError} `CROSS_TAB_MISUSED` for a value that an option cannot have */
export function readSettings(options: PeerOptions): PeerSettings {
  const { clientId = randomName(), timeoutMs = 10_000, bufferLimit = 1_000 } = options;
  const { clock = systemClock } = options;
  // The longest that a timer of the platform takes.
  check("timeoutMs", timeoutMs, timeoutMs > 0 && timeoutMs < 2 ** 31, "milliseconds, more than 0");
  const isCount = Number.isInteger(bufferLimit) && bufferLimit >= 0;
  check("bufferLimit", bufferLimit, isCount, "a whole number of messages, 0 or more");
  const isName = typeof clientId === "string" && clientId !== "" && clientId.length <= 256;
  check("clientId", clientId, isName, "a string of 1 to 256 characters");
  const { onError = (error) => console.warn(PREFIX, error) } = options;
  return {
    clientId,
    timeoutMs,
    bufferLimit,
    clock,
    rules: directRules(options),
    tell: (error) => callback(() => onError(error)),
  };
}

function check(option: string, value: unknown, isRight: boolean, rule: string): void {
  if (isRight) return;
  throw new CrossTabError("CROSS_TAB_MISUSED", `${option} is ${value}: it must be ${rule}.`);
}
