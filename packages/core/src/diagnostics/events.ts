import type { CopyEvent } from "../page/port.js";
import type { ValidationIssue } from "../policy/standard-schema.js";

/** What a bus tells about its work through `onDiagnostic`, told apart by `type`. */
export type DiagnosticEvent =
  | PublishDiagnostic
  | SubscriptionDiagnostic
  | HandlerErrorDiagnostic
  | ValidationErrorDiagnostic
  | RateLimitedDiagnostic
  | WarningDiagnostic
  | LimitExceededDiagnostic
  | GapDiagnostic
  | LinkDiagnostic
  | StorageDegradedDiagnostic
  | CopyEvent;

/** A message has reached its handlers. */
export interface PublishDiagnostic {
  readonly type: "publish";
  readonly topic: string;
  readonly messageId: string;
  /** How many handlers were called. */
  readonly handlerCount: number;
  /** How long they took together until they returned, in milliseconds. */
  readonly durationMs: number;
}

/** A handler came or went. */
export interface SubscriptionDiagnostic {
  readonly type: "subscribe" | "unsubscribe";
  readonly pattern: string;
  /** How many handlers the pattern has now. */
  readonly handlerCount: number;
}

/** A handler threw, or its promise rejected. */
export interface HandlerErrorDiagnostic {
  readonly type: "handler-error";
  readonly topic: string;
  readonly messageId: string;
  /** What was thrown; with the thrown value as its `cause` when that was no `Error`. */
  readonly error: Error;
  /** Which of the handlers that the message went to, in their order, from 0; -1 when it was replayed. */
  readonly handlerIndex: number;
}

/** A payload does not follow its schema. */
export interface ValidationErrorDiagnostic {
  readonly type: "validation-error";
  readonly topic: string;
  /** As it was published; `undefined` when the topic's own schema was used. */
  readonly schemaVersion: string | undefined;
  readonly errors: readonly ValidationIssue[];
  /** `strict`: the publisher got an error; `warn`: the message was delivered all the same. */
  readonly mode: "strict" | "warn";
}

/** A message was over the rate limit, and reached nobody. */
export interface RateLimitedDiagnostic {
  readonly type: "rate-limited";
  readonly topic: string;
  readonly messageId: string;
  /** How many messages a second are allowed. */
  readonly maxRate: number;
  /** What became of it: the publisher got it back, marked, or an error. */
  readonly action: "drop" | "throw";
}

/** Something was refused or went wrong, named by a code that stays the same over versions. */
export interface WarningDiagnostic {
  readonly type: "warning";
  /** One of the bus itself, or of a link. */
  readonly code:
    | "INVALID_TOPIC"
    | "INVALID_MESSAGE"
    | "SCHEMA_NOT_FOUND"
    | "HOOK_FAILED"
    | "LINK_SEND_FAILED"
    | "COPY_FAILED"
    | (string & {});
  readonly message: string;
  readonly details?: unknown;
}

/** A subscription was left out. */
export interface LimitExceededDiagnostic {
  readonly type: "limit-exceeded";
  readonly limitType: "max-handlers";
  readonly pattern: string;
  readonly currentCount: number;
  readonly maxAllowed: number;
}

/** Messages somebody asked for, or was to get, are not there. */
export interface GapDiagnostic {
  readonly type: "gap";
  /**
   * `replay`: retention had dropped messages that a subscription asked to be replayed; `link`: messages
   * of another tab were lost on the way, and could not be had from anywhere.
   */
  readonly kind: "replay" | "link";
  /** The pattern that was asked for; of a link, the publisher. */
  readonly from: string;
  /** Of a link between tabs: the publisher's id in `tabs()`. */
  readonly clientId?: string;
  /** How many are missing. */
  readonly count: number;
  /** Of a link: the numbers that the publisher had given to the first and the last of them. */
  readonly range?: readonly [first: number, last: number];
}

/** A link to another place came or went, or changed its state. */
export interface LinkDiagnostic {
  readonly type: "link";
  /** Where it leads; of an adapter that uses hooks, its own name of its kind. */
  readonly domain: string;
  /**
   * `active`: it is the link of its domain; `waiting`: the page has another one. An adapter that uses
   * hooks is `attached` or `detached`.
   */
  readonly state: "active" | "waiting" | "closed" | "attached" | "detached";
  /** Why, where the link tells. */
  readonly reason?: string;
}

/** A log no longer stores what is published; it goes on in memory. */
export interface StorageDegradedDiagnostic {
  readonly type: "storage-degraded";
  /** The domain of the log. */
  readonly domain: string;
  readonly reason: string;
}

/** What a link may tell of itself, by {@link LinkConnection.report}. */
export type LinkReport =
  | GapDiagnostic
  | LinkDiagnostic
  | StorageDegradedDiagnostic
  | WarningDiagnostic;
