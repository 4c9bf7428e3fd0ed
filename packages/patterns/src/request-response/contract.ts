import type { Untyped } from "@pubsub-mfe/core";
import type { HandlerContext, RequestOptions } from "./options.js";

type IsUntyped<Contract> = 0 extends 1 & Contract ? true : false;

/** The methods of a contract; any name where there is none. */
export type MethodOf<Contract> =
  IsUntyped<Contract> extends true ? string : keyof Contract & string;

type ParamsOf<Method> = Method extends (...args: infer Args) => unknown
  ? Args extends []
    ? undefined
    : Args["length"] extends 0 | 1
      ? Args[0]
      : never
  : never;

type ResultOf<Method> = Method extends (...args: never) => infer Result ? Awaited<Result> : never;

/** What follows the method in a call: params may be left out where `undefined` will do. */
type Arguments<Params, Options> = undefined extends Params
  ? [params?: Params, options?: Options]
  : [params: Params, options?: Options];

/** Calls a method of a contract by its name. */
export type Calling<Contract, Options> =
  IsUntyped<Contract> extends true
    ? <T = Untyped>(method: string, params?: unknown, options?: Options) => Promise<T>
    : <Method extends keyof Contract & string>(
        method: Method,
        ...rest: Arguments<ParamsOf<Contract[Method]>, Options>
      ) => Promise<ResultOf<Contract[Method]>>;

/** What handles a method of a contract. */
export type HandlerOf<Contract, Method extends string, Context> =
  IsUntyped<Contract> extends true
    ? (params: Untyped, context: Context) => unknown
    : Method extends keyof Contract
      ? (
          params: ParamsOf<Contract[Method]>,
          context: Context,
        ) => ResultOf<Contract[Method]> | PromiseLike<ResultOf<Contract[Method]>>
      : never;

/** {@link HandlerOf} of request/response. */
export type RequestHandler<Contract, Method extends string> = HandlerOf<
  Contract,
  Method,
  HandlerContext
>;

/** The methods of a contract as functions that request them. */
export type Client<Contract> =
  IsUntyped<Contract> extends true
    ? Record<
        string,
        (params?: unknown, timeoutOrOptions?: number | RequestOptions) => Promise<Untyped>
      >
    : {
        readonly [Method in keyof Contract & string]: (
          ...args: Arguments<ParamsOf<Contract[Method]>, number | RequestOptions>
        ) => Promise<ResultOf<Contract[Method]>>;
      };
