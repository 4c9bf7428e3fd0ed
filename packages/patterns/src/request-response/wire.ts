import type { Failure } from "../shared/failure.js";

/** Published as `rpc.request.<method>`. */
export interface RequestPayload {
  readonly requestId: string;
  readonly params: unknown;
  /** Answers go as far as the request did. */
  readonly scope?: "tabs";
  /** Several may handle it: they offer to, and the asker chooses one. */
  readonly offers?: true;
  /** The asker wants to know how far it is. */
  readonly progress?: true;
  readonly idempotencyKey?: string;
}

/** Published as `rpc.response.<requestId>`. */
export type AnswerPayload =
  | { readonly status: "ok"; readonly result: unknown }
  | { readonly status: "error"; readonly error: string; readonly failure: Failure };

/** Published as `rpc.notice.<requestId>`, by those who handle a request to the one who asked. */
export type Notice =
  | {
      readonly type: "offer";
      readonly handlerId: string;
      /** The less, the sooner it would run it; `Infinity`: it would refuse it. */
      readonly load: number;
      /** It runs, or has run, a request of the same key. */
      readonly knowsKey: boolean;
      /** It takes a lock first, so that nobody else can run it at the same time. */
      readonly locks: boolean;
    }
  /** It ended before it was chosen, or heard that it was. */
  | { readonly type: "withdraw"; readonly handlerId: string }
  | { readonly type: "claim"; readonly handlerId: string; readonly lock?: string }
  | { readonly type: "progress"; readonly value: unknown };

/** Published as `rpc.control.<requestId>`, by the one who asked to those who handle. */
export type Control =
  | { readonly type: "accept"; readonly handlerId: string }
  /** This one runs it: all others drop it. */
  | { readonly type: "chosen"; readonly handlerId: string }
  | { readonly type: "cancel"; readonly failure: Failure; readonly reason?: unknown }
  | { readonly type: "received" };

/** Published as {@link REPLACE}, by a handler to those of its method that it takes over from. */
export interface Replacement {
  readonly method: string;
  readonly handlerId: string;
}

/** Published as {@link GONE}, by a handler that has ended: what it was asked and did not hear is lost. */
export interface Gone {
  readonly method: string;
  /** The ids of the requests that it still answers. */
  readonly answering: readonly string[];
}

export const requestTopic = (method: string): string => `rpc.request.${method}`;

export const RESPONSE = "rpc.response.";
export const NOTICE = "rpc.notice.";
export const CONTROL = "rpc.control.";
export const REPLACE = "rpc.replace";
export const GONE = "rpc.gone";
