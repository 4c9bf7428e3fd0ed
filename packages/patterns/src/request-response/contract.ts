import type { Untyped } from "@pubsub-mfe/core";
import type { RequestOptions } from "./options.js";

type IsUntyped<Contract> = 0 extends 1 & Contract ? true : false;

/** Any name, where no contract says which methods there are. */
export type AnyMethod<Contract> = IsUntyped<Contract> extends true ? string : never;

export type MethodOf<Contract> = keyof Contract & string;

/** What a method takes: the first parameter of its function. */
export type ParamsOf<Contract, Method extends keyof Contract> = Contract[Method] extends (
  ...args: infer Args
) => unknown
  ? Args extends []
    ? undefined
    : Args[0]
  : never;

/** What a method answers, be it by a promise or not. */
export type ResultOf<Contract, Method extends keyof Contract> = Contract[Method] extends (
  ...args: never
) => infer Result
  ? Awaited<Result>
  : never;

/** What follows the method in a request: params may be left out where `undefined` will do. */
export type RequestArguments<Params, Options = number | RequestOptions> = undefined extends Params
  ? [params?: Params, options?: Options]
  : [params: Params, options?: Options];

/** The methods of a contract as functions that request them. */
export type Client<Contract> =
  IsUntyped<Contract> extends true
    ? Record<
        string,
        (params?: unknown, timeoutOrOptions?: number | RequestOptions) => Promise<Untyped>
      >
    : {
        readonly [Method in MethodOf<Contract>]: (
          ...args: RequestArguments<ParamsOf<Contract, Method>>
        ) => Promise<ResultOf<Contract, Method>>;
      };
