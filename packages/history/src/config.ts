import { type Clock, type PubSubBus, reportUncaught } from "@pubsub-mfe/core";
import { show } from "@pubsub-mfe/core/stores";
import { HistoryError } from "./errors.js";
import type { CollectorLocks, HistoryConfig } from "./types.js";

const PREFIX = "[@pubsub-mfe/history]";

/** A config with its defaults. */
export interface HistorySettings {
  readonly dbName: string;
  readonly namespace: string | undefined;
  readonly maxMessages: number;
  readonly ttlSeconds: number;
  readonly gcIntervalMs: number;
  /** Never throws. */
  readonly onError: (error: HistoryError) => void;
  readonly log: (event: string, details: object) => void;
  readonly clock: Clock | undefined;
  readonly locks: CollectorLocks | undefined;
  readonly durability: "relaxed" | "strict";
}

/** @throws {@link HistoryError} `HISTORY_MISUSED` naming the option, its value and the rule */
export function readConfig(config: HistoryConfig): HistorySettings {
  check("The config", config, typeof config === "object" && config !== null, "an object");
  const { maxMessages = 1_000, ttlSeconds = 3_600, gcIntervalMs = 60_000 } = config;
  const { durability = "relaxed" } = config;
  const { dbName = "pubsub-history", namespace } = config;
  check("dbName", dbName, isName(dbName), "a non-empty string");
  check("namespace", namespace, namespace === undefined || isName(namespace), "a non-empty string");
  check(
    "maxMessages",
    maxMessages,
    Number.isInteger(maxMessages) && maxMessages >= 1,
    "a whole number, 1 or more",
  );
  check(
    "ttlSeconds",
    ttlSeconds,
    typeof ttlSeconds === "number" && ttlSeconds >= 0,
    "a number of seconds, or 0 for no limit",
  );
  check(
    "gcIntervalMs",
    gcIntervalMs,
    typeof gcIntervalMs === "number" && gcIntervalMs >= 1 && gcIntervalMs < 2 ** 31,
    "a number of milliseconds from 1 to 2147483647",
  );
  check(
    "durability",
    durability,
    durability === "relaxed" || durability === "strict",
    '"relaxed" or "strict"',
  );
  const { clock, locks, onError } = config;
  checkMethods("clock", clock, ["now", "monotonic", "setTimer"]);
  checkMethods("locks", locks, ["request"]);
  check("onError", onError, onError === undefined || typeof onError === "function", "a function");
  return {
    dbName,
    namespace,
    maxMessages,
    ttlSeconds,
    gcIntervalMs,
    onError: harmless(onError ?? ((error) => console.warn(PREFIX, error))),
    log: config.debug ? (event, details) => console.debug(PREFIX, event, details) : () => {},
    clock,
    locks,
    durability,
  };
}

/** @throws {@link HistoryError} `HISTORY_MISUSED` for what is no bus */
export function checkBus(bus: Pick<PubSubBus, "connect" | "getStats">): void {
  const holds = typeof bus?.connect === "function" && typeof bus.getStats === "function";
  check("What attach() was given", bus, holds, "a bus, as createPubSub and joinPubSub return it");
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** @param names - what something handed in must be able to do; it may be left out altogether */
function checkMethods<T extends object>(
  option: string,
  value: T | undefined,
  names: readonly (keyof T & string)[],
): void {
  const holds = value === undefined || names.every((name) => typeof value?.[name] === "function");
  check(option, value, holds, `an object with ${names.map((name) => `${name}()`).join(", ")}`);
}

function check(option: string, value: unknown, holds: boolean, rule: string): void {
  if (holds) return;
  throw new HistoryError("HISTORY_MISUSED", `${option} is ${show(value)}: it must be ${rule}.`);
}

/** What the application's own listener throws is the platform's to report, and stops nothing here. */
function harmless(listener: (error: HistoryError) => void): (error: HistoryError) => void {
  return (error) => {
    try {
      listener(error);
    } catch (thrown) {
      reportUncaught(thrown, PREFIX);
    }
  };
}
