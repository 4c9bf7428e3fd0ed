import { createPubSub, type Message } from "@pubsub-mfe/core";
import { describe, expect, it } from "vitest";
import type { Host } from "../src/contract.js";
import { pastThenLive } from "./past-then-live.js";

/** A log that is read when the test says so. */
function createLog() {
  let answer = (_messages: Message[]): void => {};
  const reading = new Promise<Message[]>((resolve) => {
    answer = resolve;
  });
  return { history: { getHistory: () => reading } as unknown as Host["history"], answer };
}

describe("pastThenLive", () => {
  it("gives what was logged and retained in order, then what came meanwhile, each once", async () => {
    const bus = createPubSub({ retention: { maxMessages: 10 } });
    const logged = bus.publish("a.logged", {});
    bus.publish("a.retained", {}, { scope: "page" });
    const both = bus.publish("a.both", {});
    const { history, answer } = createLog();
    const taken: string[] = [];

    const read = pastThenLive(bus, history, "a.#", ({ topic }, isLive) => {
      taken.push(`${topic} ${isLive ? "live" : "past"}`);
    });
    const meanwhile = bus.publish("a.meanwhile", {});
    await Promise.resolve();
    const elsewhere = { ...logged, id: "ffffffff-0001", topic: "a.elsewhere", ts: meanwhile.ts };
    answer([logged, both, meanwhile, elsewhere]);
    await read;
    bus.getHooks().dispatchExternal(elsewhere);
    bus.publish("a.live", {});
    await Promise.resolve();

    expect(taken).toEqual([
      "a.logged past",
      "a.retained past",
      "a.both past",
      "a.elsewhere past",
      "a.meanwhile live",
      "a.live live",
    ]);
  });

  it("goes without a log that cannot be read", async () => {
    const bus = createPubSub();
    const history = { getHistory: () => Promise.reject(new Error("gone")) };
    const taken: string[] = [];

    await pastThenLive(bus, history as unknown as Host["history"], "a.#", ({ topic }) => {
      taken.push(topic);
    });
    bus.publish("a.live", {});
    await Promise.resolve();

    expect(taken).toEqual(["a.live"]);
  });
});
