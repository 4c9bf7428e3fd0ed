import type { Presence, Unsubscribe } from "@pubsub-mfe/core";
import type { LeadCallback, LeadOptions } from "./leadership/leader-scope.js";
import type { CrossTabSettings } from "./settings.js";
import type { CrossTabConfig } from "./types.js";

/** The options that count for the whole page: those of the adapter whose link is used. */
const OF_THE_PAGE = [
  "clientId",
  "maxBatchSize",
  "batchIntervalMs",
  "maxMessageSize",
  "rateLimit",
  "expectedOrigin",
  "share",
  "private",
  "send",
  "receive",
  "enableLeadership",
  "emitSystemEvents",
  "catchUp",
  "repair",
] as const;

/**
 * What an adapter lets the others of its page use while its link is the one: plain functions and data,
 * for they may be of other versions.
 */
export interface SharedLink {
  readonly version: 1;
  /** As text, by name, for others to compare theirs with. */
  readonly options: Readonly<Record<string, string | undefined>>;
  readonly presence: Presence;
  clientId(): string;
  isLeading(): boolean;
  lead<T>(callback: LeadCallback<T>, options?: LeadOptions): Promise<T>;
  resign(): void;
  /** Settles when it has what was before this page. */
  caughtUp(): Promise<void>;
  /** Calls the listener when its link is closed. */
  onEnd(listener: () => void): Unsubscribe;
}

/** @param value - what a link of any version shares */
export function readSharedLink(value: unknown): SharedLink | undefined {
  return (value as Partial<SharedLink> | undefined)?.version === 1
    ? (value as SharedLink)
    : undefined;
}

export function describeOptions(settings: CrossTabSettings): SharedLink["options"] {
  return Object.fromEntries(OF_THE_PAGE.map((name) => [name, describe(settings[name])]));
}

/** The options that were given here, and count for nothing: another adapter has other ones. */
export function differing(
  settings: CrossTabSettings,
  given: CrossTabConfig,
  host: SharedLink,
): string[] {
  return OF_THE_PAGE.filter(
    (name) => given[name] !== undefined && describe(settings[name]) !== host.options[name],
  );
}

function describe(value: unknown): string | undefined {
  // Of what reads a log it only counts whether there is one.
  const isReader = typeof (value as { read?: unknown } | undefined)?.read === "function";
  return isReader ? "a log" : JSON.stringify(value);
}
