import { createPubSub, scope } from "@pubsub-mfe/core";
import { createTestBus, MemoryLockStore, MemoryStreamStore } from "@pubsub-mfe/core/testing";
import { describe, expectTypeOf, it } from "vitest";
import {
  createSagaManager,
  defineSaga,
  Saga,
  type SagaEvents,
  type SagaHandle,
  type SagaResult,
  type SagaSteps,
} from "../saga.js";

interface Cart {
  readonly sku: string;
}

describe("types", () => {
  it("results flow from step to step", async () => {
    const saga = new Saga<Cart>(createPubSub())
      .addStep({
        name: "stock",
        action: async ({ input, results }) => {
          expectTypeOf(input).toEqualTypeOf<Cart>();
          expectTypeOf<keyof typeof results>().toBeNever();
          return { count: 1 };
        },
        compensation: ({ results }) => {
          expectTypeOf(results.stock).toEqualTypeOf<{ count: number }>();
        },
      })
      .addStep({
        name: "pay",
        compensateOnFailure: true,
        action: ({ results, signal, idempotencyKey, attempt }) => {
          expectTypeOf(results).toEqualTypeOf<{ readonly stock: { count: number } }>();
          expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
          expectTypeOf(idempotencyKey).toEqualTypeOf<string>();
          expectTypeOf(attempt).toEqualTypeOf<number>();
          return "paid";
        },
        compensation: ({ results, actionKey }) => {
          expectTypeOf(results.pay).toEqualTypeOf<string | undefined>();
          expectTypeOf(results.stock.count).toEqualTypeOf<number>();
          expectTypeOf(actionKey).toEqualTypeOf<string>();
        },
      })
      .addStep({
        action: ({ results }) => {
          expectTypeOf(results.pay).toEqualTypeOf<string>();
          // @ts-expect-error no step before has this name
          void results.mail;
        },
      });

    const result = await saga.execute({ sku: "A-1" });
    type Results = { readonly stock: { count: number }; readonly pay: string };
    expectTypeOf(result).toEqualTypeOf<SagaResult<Results>>();
    if (!result.success) expectTypeOf(result.error).toBeUnknown();
    // @ts-expect-error the input is missing
    void (() => saga.execute());
    // @ts-expect-error the input is a Cart
    void (() => saga.execute({ sku: 1 }));
  });

  it("any bus will do: a typed one, a scope, that of a test", () => {
    const typed = createPubSub<{ "cart.cleared": undefined }>();
    for (const bus of [typed, scope(typed, "cart"), createTestBus()]) new Saga(bus);
    void (() => createSagaManager({ streams: new MemoryStreamStore().open(), bus: typed }));
  });

  it("what it tells is typed, where the topics of the bus say so", () => {
    const bus = createPubSub<SagaEvents & { "cart.cleared": undefined }>();
    new Saga(bus);
    bus.subscribe("saga.dead-letter", ({ payload }) => {
      expectTypeOf(payload.steps[0]?.stepName).toEqualTypeOf<string | undefined>();
    });
    bus.subscribe("saga.step.+", ({ payload }) => expectTypeOf(payload.step).toBeNumber());
    // @ts-expect-error no saga tells this
    bus.subscribe("saga.begun", () => {});
  });

  it("a definition knows its input and results, and its manager does", async () => {
    const checkout = defineSaga("checkout", {
      version: 1,
      steps: (steps: SagaSteps<Cart>) =>
        steps
          .addStep({ name: "stock", action: ({ input }) => input.sku.length })
          .addStep({ name: "pay", action: ({ results }) => String(results.stock) }),
    });
    const sagas = createSagaManager({
      streams: new MemoryStreamStore().open(),
      locks: new MemoryLockStore().tab(),
    });
    sagas.register(checkout);

    const handle = await sagas.start(checkout, { sku: "A-1" }, { id: "1" });
    type Results = { readonly stock: number; readonly pay: string };
    expectTypeOf(handle).toEqualTypeOf<SagaHandle<Results>>();
    expectTypeOf(await handle.result).toEqualTypeOf<Results>();
    // @ts-expect-error the input is a Cart
    void (() => sagas.start(checkout, { sku: 1 }, { id: "1" }));
    // @ts-expect-error none is no Cart
    void (() => sagas.start(checkout, undefined, { id: "1" }));
    // @ts-expect-error a Cart that may lack its parts is none
    void (() => sagas.start(checkout, {} as Partial<Cart>, { id: "1" }));
    // @ts-expect-error an id is needed
    void (() => sagas.start(checkout, { sku: "A-1" }));
    sagas.dispose();
  });
});
