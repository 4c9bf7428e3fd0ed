import { createPubSub, scope } from "@pubsub-mfe/core";
import { createTestBus } from "@pubsub-mfe/core/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { RequestResponse } from "../index.js";

interface Stock {
  ping(): "pong";
  kind(): { kind: "shop" | "store" };
  twice(a: number, b: number): number;
  "stock.get"(params: { sku: string }): number;
  "stock.list"(): Promise<string[]>;
  reserve(params?: { sku: string; count: number }): Promise<{ id: string } | null>;
}

const rpc = new RequestResponse<Stock>(createPubSub());
rpc.handle("stock.get", ({ sku }) => sku.length);
rpc.handle("ping", () => "pong");
rpc.handle("kind", async () => ({ kind: "shop" }));
rpc.handle("stock.list", async () => ["A-1"]);
rpc.handle("reserve", async (params) => (params ? { id: params.sku } : null));

describe("a contract", () => {
  it("types params and results", async () => {
    const stock = await rpc.request("stock.get", { sku: "A-1" });
    const list = await rpc.request("stock.list");
    const reserved = await rpc.request("reserve", { sku: "A-1", count: 1 }, { timeout: 100 });
    const nothing = await rpc.request("reserve", undefined, 100);

    expectTypeOf(stock).toEqualTypeOf<number>();
    expectTypeOf(list).toEqualTypeOf<string[]>();
    expectTypeOf(reserved).toEqualTypeOf<{ id: string } | null>();
    expect([stock, list, reserved, nothing]).toEqual([3, ["A-1"], { id: "A-1" }, null]);
  });

  it("types the client, which is the same calls as functions", async () => {
    const { client } = rpc;

    const stock = await client["stock.get"]({ sku: "A-1" });
    const reserved = await client.reserve(undefined, { timeout: 100 });

    expectTypeOf(stock).toEqualTypeOf<number>();
    expectTypeOf(client.reserve).returns.resolves.toEqualTypeOf<{ id: string } | null>();
    expect([stock, reserved]).toEqual([3, null]);
    expect(client.reserve).toBe(client.reserve);
    // A promise may resolve with it.
    expect(await Promise.resolve(client)).toBe(client);
    expect(Object.prototype.toString.call(client)).toBe("[object Object]");
  });

  it("does not compile with what is not in it", () => {
    const mistakes = (): void => {
      // @ts-expect-error no such method
      void rpc.request("stock.gett", { sku: "A-1" });
      // @ts-expect-error its params are missing
      void rpc.request("stock.get");
      // @ts-expect-error a wrong param
      void rpc.request("stock.get", { sku: 1 });
      // @ts-expect-error it takes none
      void rpc.request("stock.list", { sku: "A-1" });
      // @ts-expect-error a method has one parameter
      void rpc.request("twice", 1);
      // @ts-expect-error a wrong literal
      rpc.handle("ping", () => "pang");
      // @ts-expect-error no such option
      void rpc.request("stock.list", undefined, { timeoutMs: 1 });
      // @ts-expect-error no such scope
      void rpc.request("stock.list", undefined, { scope: "page" });
      // @ts-expect-error a wrong result
      rpc.handle("stock.get", () => "three");
      // @ts-expect-error no such method
      rpc.handle("stock.gett", () => 3);
      // @ts-expect-error no such method
      void rpc.client["stock.gett"]({ sku: "A-1" });
      // @ts-expect-error a wrong param
      void rpc.client["stock.get"]({ sku: 1 });
    };

    expect(mistakes).toBeTypeOf("function");
  });

  it("is not needed: any method will do, and the result is as one says", () => {
    const calls = (untyped: RequestResponse): void => {
      expectTypeOf(untyped.request<number>("a", { b: 1 }, 100)).resolves.toEqualTypeOf<number>();
      expectTypeOf(untyped.request("a")).resolves.toBeAny();
      expectTypeOf(untyped.client.anything?.({ b: 1 })).not.toBeNever();
      untyped.handle("a", (params) => {
        expectTypeOf(params).toBeAny();
      });
    };

    expect(calls).toBeTypeOf("function");
  });
});

it("every kind of bus will do", async () => {
  const typed = createPubSub<{ "cart.added": { sku: string } }>();
  const testBus = createTestBus();

  for (const bus of [typed, scope(typed, "cart"), testBus, scope(testBus, "cart")]) {
    const object = new RequestResponse(bus);
    object.handle("double", (n: number) => n * 2, { onConflict: "replace" });
    expect(await object.request("double", 2)).toBe(4);
    object.dispose();
  }
});

it.runIf(Symbol.dispose)("is disposed by `using`", () => {
  const object = new RequestResponse(createPubSub());

  object[Symbol.dispose]();

  expect(() => object.handle("get", () => 1)).toThrow("has been disposed");
});
