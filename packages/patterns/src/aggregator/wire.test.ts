import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, it } from "vitest";
import { Aggregator, RemoteError } from "../aggregator.js";

let bus: PubSubBus;
let aggregator: Aggregator;

beforeEach(() => {
  bus = createPubSub({ app: "aggregator" });
  aggregator = new Aggregator(bus);
});

describe("on the wire", () => {
  it("the ask carries its id, and the answer of respond() takes it over; payloads are bare", async () => {
    const seen: unknown[] = [];
    bus.subscribe("aggregate.#", ({ topic, payload, meta }) => {
      seen.push({ topic, payload, id: meta?.correlationId, status: meta?.status });
    });
    aggregator.respond("orders", ({ days }) => [days]);

    await aggregator.aggregate({ sources: ["orders"], params: { days: 7 } });

    const id = expect.stringMatching(/./);
    expect(seen).toEqual([
      { topic: "aggregate.orders.request", payload: { days: 7 }, id, status: undefined },
      { topic: "aggregate.orders.response", payload: [7], id, status: "ok" },
    ]);
    const ids = seen.map((message) => (message as { id: string }).id);
    expect(ids[0]).toBe(ids[1]);
  });

  it("an error is told by `meta`, and the payload of that answer is empty", async () => {
    const answers: unknown[] = [];
    bus.subscribe("aggregate.orders.response", ({ payload, meta }) => {
      answers.push([payload, meta?.status, meta?.failure]);
    });
    aggregator.respond("orders", () => {
      throw new RangeError("none left");
    });

    await aggregator.collect({ sources: ["orders"] });

    expect(answers).toEqual([[undefined, "error", { name: "RangeError", message: "none left" }]]);
  });

  it("a responder without this package tells of an error by `meta` too", async () => {
    bus.subscribe("aggregate.orders.request", (message) => {
      const failure = { name: "OutOfOrder", message: "later" };
      const meta = { status: "error", failure };
      bus.publish("aggregate.orders.response", null, { cause: message, meta });
    });

    const { outcomes } = await aggregator.collect({ sources: ["orders"] });

    expect(outcomes.orders).toEqual({ status: "error", error: expect.any(RemoteError) });
    expect(outcomes.orders).toMatchObject({ error: { name: "OutOfOrder", message: "later" } });
  });

  it("asks and answers stay in the page", async () => {
    const left: string[] = [];
    bus.getHooks().onPublish(({ topic }) => left.push(topic));
    aggregator.respond("orders", () => 1);

    await aggregator.aggregate({ sources: ["orders"] });

    expect(left).toEqual([]);
  });

  it("respond() answers askers that know nothing of ids, and the bus reports what it throws at them", async () => {
    const events: unknown[] = [];
    const told = createPubSub({ onDiagnostic: (event) => events.push(event) });
    const answers: unknown[] = [];
    told.subscribe("aggregate.orders.response", ({ payload }) => answers.push(payload));
    new Aggregator(told).respond("orders", (params) => {
      if (params.fails) throw new Error("none");
      return "all";
    });

    told.publish("aggregate.orders.request", {});
    told.publish("aggregate.orders.request", { fails: true });
    await new Promise((resolve) => setTimeout(resolve));

    expect(answers).toEqual(["all"]);
    expect(events).toContainEqual(expect.objectContaining({ type: "handler-error" }));
  });
});
