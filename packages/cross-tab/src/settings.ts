import { type ConnectOptions, systemClock } from "@pubsub-mfe/core";
import { compilePattern, show } from "@pubsub-mfe/core/stores";
import { PREFIX } from "./callback.js";
import { CrossTabError } from "./errors.js";
import { directRules } from "./topic-rules.js";
import type { CrossTabConfig } from "./types.js";
import { isName, MAX_MESSAGES } from "./wire.js";

/** The options that have a default. */
type Defaulted =
  | "transport"
  | "channelName"
  | "maxBatchSize"
  | "maxMessageSize"
  | "batchIntervalMs"
  | "enableLeadership"
  | "emitSystemEvents"
  | "clock"
  | "onError";

const defaults: Given = {
  transport: "auto",
  channelName: "pubsub-mfe",
  maxBatchSize: 50,
  maxMessageSize: 262_144,
  batchIntervalMs: 0,
  enableLeadership: false,
  emitSystemEvents: true,
  clock: systemClock,
  onError: (error) => console.warn(PREFIX, error),
};

type Given = { readonly [Name in Defaulted]-?: NonNullable<CrossTabConfig[Name]> };

/** A config, checked, with its defaults. */
export type CrossTabSettings = Given &
  Omit<CrossTabConfig, Defaulted> & { readonly rules: ConnectOptions };

type Fields = Readonly<Record<string, unknown>> | null | undefined;

/** What an option must be, as a test that may throw as well, and in words. */
type Rule = readonly [holds: (value: unknown) => boolean, words: string];

const bool: Rule = [(value) => typeof value === "boolean", "true or false"];
const name: Rule = [isName, "a string of 1 to 256 characters"];
const fn: Rule = [(value) => typeof value === "function", "a function"];
const patterns: Rule = [
  (value) => Array.isArray(value) && value.every(compilePattern),
  "an array of patterns of topics",
];
const topicRules: Rule = [
  (value) => isObject(value) && !Array.isArray(value),
  "an object with share or private",
];
const transport = methods("send", "onMessage", "close", "isAvailable");

const RULES: Readonly<Record<string, Rule>> = {
  transport: [
    (value) => value === "auto" || fn[0](value) || transport[0](value),
    `"auto", ${fn[1]} or ${transport[1]}`,
  ],
  channelName: name,
  clientId: name,
  maxBatchSize: [
    (value) => Number.isInteger(value) && isFrom(value, 1, MAX_MESSAGES),
    `a whole number from 1 to ${MAX_MESSAGES}`,
  ],
  maxMessageSize: from(1, Number.POSITIVE_INFINITY),
  // The longest that a timer of the platform takes.
  batchIntervalMs: from(0, 2 ** 31 - 1),
  rateLimit: [
    (value) => (value as Fields)?.maxPerSecond !== undefined,
    "an object with maxPerSecond",
  ],
  "rateLimit.maxPerSecond": [
    (value) => isFrom(value, Number.MIN_VALUE, Number.MAX_VALUE),
    "a number above 0",
  ],
  "rateLimit.maxBurst": from(1, Number.POSITIVE_INFINITY),
  expectedOrigin: [
    (value) => value !== "null" && new URL(value as string).origin === value,
    "an origin alone, such as https://shop.example",
  ],
  enableLeadership: bool,
  emitSystemEvents: bool,
  debug: bool,
  clock: methods("now", "monotonic", "setTimer"),
  locks: methods("hold", "request", "query"),
  onError: fn,
  repair: methods("read", "subscribe", "head"),
  catchUp: [isObject, "an object with retained or from"],
  "catchUp.retained": bool,
  "catchUp.from": [
    (value) => value === "start" || isObject(value),
    '"start", or an object with position or time',
  ],
  share: patterns,
  private: patterns,
  send: topicRules,
  "send.share": patterns,
  "send.private": patterns,
  receive: topicRules,
  "receive.share": patterns,
  "receive.private": patterns,
};

/** @throws {@link CrossTabError} `CROSS_TAB_MISUSED` naming the option, its value and the rule */
export function readSettings(config: CrossTabConfig): CrossTabSettings {
  check("The config", config, [isObject, "an object"]);
  for (const [option, rule] of Object.entries(RULES)) {
    const value = option
      .split(".")
      .reduce<unknown>((outer, key) => (outer as Fields)?.[key], config);
    if (value !== undefined) check(option, value, rule);
  }
  if (config.catchUp?.from !== undefined) {
    check("catchUp.from reads the log given as repair, which", config.repair, RULES.repair as Rule);
  }
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given), rules: directRules(config) };
}

/** @throws {@link CrossTabError} `CROSS_TAB_MISUSED` unless the rule holds */
export function check(subject: string, value: unknown, [holds, words]: Rule): void {
  let cause: unknown;
  try {
    if (holds(value)) return;
  } catch (thrown) {
    cause = thrown;
  }
  throw new CrossTabError(
    "CROSS_TAB_MISUSED",
    `${subject} is ${show(value)}: it must be ${words}.${cause ? ` ${(cause as Error).message}` : ""}`,
    { cause },
  );
}

/** The rule of something that is handed in to do something. */
export function methods(...names: readonly string[]): Rule {
  return [
    (value) => names.every((each) => typeof (value as Fields)?.[each] === "function"),
    `an object with ${names.join("(), ")}()`,
  ];
}

function from(least: number, most: number): Rule {
  return [(value) => isFrom(value, least, most), `a number from ${least} to ${most}`];
}

function isFrom(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
