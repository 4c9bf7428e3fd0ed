// @vitest-environment happy-dom
import { joinPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MessageEntry } from "./entry.js";
import { Traffic } from "./traffic.js";

describe("Traffic", () => {
  let shell: PubSubBus;
  let cart: PubSubBus;

  beforeEach(() => {
    const onDiagnostic = () => {};
    shell = joinPubSub({ app: "traffic-test", name: "shell", onDiagnostic });
    cart = joinPubSub({ app: "traffic-test", name: "cart", onDiagnostic });
  });

  afterEach(() => {
    cart.dispose();
    shell.dispose();
  });

  it("says what handlers failed with, at once or later, each its own", async () => {
    const traffic = new Traffic(shell);
    cart.subscribe("cart.#", () => {
      throw new Error("no cart");
    });
    cart.subscribe("cart.item", async () => {
      throw new Error("no item");
    });
    cart.subscribe("cart.+", () => {});

    shell.publish("cart.item", 1);

    const entry = traffic.entries[0] as MessageEntry;
    await vi.waitFor(() => expect(entry.receipts[1]?.outcome).toBe("failed"));
    expect(entry.receipts).toMatchObject([
      { copy: "cart", pattern: "cart.#", outcome: "failed", error: "no cart" },
      { copy: "cart", pattern: "cart.item", outcome: "failed", error: "no item" },
      { copy: "cart", pattern: "cart.+", outcome: "done", error: undefined },
    ]);
  });
});
