import { describe, expect, it } from "vitest";
import { runToTheLastMicrotask } from "./run-to-the-last-microtask.js";

describe("runToTheLastMicrotask", () => {
  it("lets every microtask run first, and the ones that these set off", async () => {
    let hops = 0;
    const hop = async () => {
      for (; hops < 1_000; hops += 1) await null;
    };

    const atTheEnd = await new Promise((resolve) => {
      runToTheLastMicrotask(
        () => void hop(),
        () => resolve(hops),
      );
    });

    expect(atTheEnd).toBe(1_000);
  });

  it.each([
    ["a timer", (fn: () => void) => void setTimeout(fn)],
    [
      "a message",
      (fn: () => void) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = fn;
        port2.postMessage(null);
      },
    ],
  ])("does not wait for %s", async (_, wait) => {
    for (let n = 0; n < 50; n += 1) {
      const order: string[] = [];
      await new Promise<void>((resolve) => {
        runToTheLastMicrotask(
          () =>
            wait(() => {
              order.push("a task");
              resolve();
            }),
          () => order.push("no microtask left"),
        );
      });
      expect(order).toEqual(["no microtask left", "a task"]);
    }
  });
});
