import { createPubSub } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import {
  CircuitBreaker,
  CircuitOpenError,
  CircuitProbeTimeoutError,
  type CircuitState,
  type CircuitWindow,
  isPatternError,
} from "../index.js";
import { type Circuits, fail, ok, setUpCircuits } from "../testing/circuits.js";
import { failureOf } from "../testing/promises.js";

let create: Circuits["create"];
let createDue: Circuits["createDue"];

beforeEach(() => {
  ({ create, createDue } = setUpCircuits());
});

describe("signal", () => {
  it("rejects at once with the reason, before any call when it has aborted already", async () => {
    const breaker = create();
    const fn = vi.fn(ok);
    const signal = AbortSignal.abort(new Error("navigated away"));

    await expect(breaker.execute(fn, { signal })).rejects.toThrow("navigated away");

    expect(fn).not.toHaveBeenCalled();
  });

  it("gives up a call that does not listen, and aborts the signal of one that does", async () => {
    const breaker = create();
    const controller = new AbortController();
    const seen: unknown[] = [];

    const call = breaker.execute(
      ({ signal }) => {
        signal.addEventListener("abort", () => seen.push(signal.reason));
        return new Promise(() => {});
      },
      { signal: controller.signal },
    );
    controller.abort("gone");

    expect(await failureOf(call)).toBe("gone");
    expect(seen).toEqual(["gone"]);
    expect(breaker.metrics).toMatchObject({ ignored: 1, failures: 0, successes: 0 });
  });

  it("is made only when it is looked at", async () => {
    const made = vi.spyOn(globalThis, "AbortController");
    const breaker = await createDue();

    await breaker.execute(ok);
    expect(made).not.toHaveBeenCalled();
    await breaker.execute(({ signal }) => signal);

    expect(made).toHaveBeenCalledTimes(1);
  });

  it("may be aborted by the call itself, which then throws", async () => {
    const breaker = create();
    const controller = new AbortController();

    const call = breaker.execute(
      () => {
        controller.abort("enough");
        throw new Error("down");
      },
      { signal: controller.signal },
    );

    expect(await failureOf(call)).toBe("enough");
  });
});

describe("fallback", () => {
  it("answers for a call that failed, and for one that was not made", async () => {
    const breaker = create({ threshold: 1 });
    const errors: unknown[] = [];
    const fallback = (error: unknown): number => errors.push(error);

    expect(await breaker.execute(fail, { fallback })).toBe(1);
    expect(await breaker.execute(fail, { fallback })).toBe(2);

    expect(errors).toEqual([new Error("The supplier is down."), expect.any(CircuitOpenError)]);
  });

  it("rejects with what the fallback throws", async () => {
    await expect(create().execute(fail, { fallback: fail })).rejects.toThrow("is down");
  });

  it("is not asked when the caller aborted, nor for a result", async () => {
    const breaker = create();
    const fallback = vi.fn();
    const controller = new AbortController();

    const call = breaker.execute(() => new Promise(() => {}), {
      signal: controller.signal,
      fallback,
    });
    controller.abort();
    await failureOf(call);
    await breaker.execute(() => undefined, { fallback });

    expect(fallback).not.toHaveBeenCalled();
  });
});

it("types: results, fallbacks, states and buses fit", async () => {
  const breaker = create();
  const typed = createPubSub<{ "cart.item.added": { sku: string } }>();
  const names = createPubSub();

  expectTypeOf(breaker.execute(async () => 1)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(breaker.execute(() => "a")).toEqualTypeOf<Promise<string>>();
  expectTypeOf(breaker.execute(() => 1, { signal: undefined })).toEqualTypeOf<Promise<number>>();
  expectTypeOf(breaker.execute(() => 1, { fallback: () => "a" })).toEqualTypeOf<
    Promise<number | string>
  >();
  expectTypeOf(breaker.execute(() => 1, { fallback: async () => null })).toEqualTypeOf<
    Promise<number | null>
  >();
  expectTypeOf(breaker.execute<number>(() => 1, { fallback: () => 2 })).toEqualTypeOf<
    Promise<number>
  >();
  expectTypeOf(breaker.state).toEqualTypeOf<CircuitState>();
  new CircuitBreaker("inventory", 5, 60_000, names);
  new CircuitBreaker("inventory", { bus: names });
  new CircuitBreaker("inventory", { bus: typed });
  expectTypeOf<{ calls: number; ms: number }>().not.toExtend<CircuitWindow>();
  const error: unknown = new CircuitProbeTimeoutError("inventory", 5);
  if (isPatternError(error, "CIRCUIT_OPEN"))
    expectTypeOf(error.retryAfterMs).toEqualTypeOf<number>();
  typed.dispose();
  names.dispose();
});
