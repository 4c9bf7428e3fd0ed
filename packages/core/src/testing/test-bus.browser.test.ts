import { describe, expect, it } from "vitest";
import { busMatchers } from "./matchers.js";
import { createNetwork } from "./network/network.js";
import { createTestBus } from "./test-bus.js";

expect.extend(busMatchers);

// The tasks of a browser come in another order than those of Node.
describe("the testing kit in a browser", () => {
  it("flushes a drain that takes many tasks", async () => {
    const bus = createTestBus();
    let called = 0;
    for (let n = 0; n < 40; n += 1) {
      bus.subscribe("slow", async () => {
        bus.clock.advance(50);
        await null;
        called += 1;
        if (called === 40) bus.publish("done", called);
      });
    }
    bus.subscribe("done", () => bus.publish("seen", null));

    bus.publish("slow", 1);
    await bus.flush();

    expect(bus).toHavePublished("seen", null);
  });

  it("settles a network whose tabs answer, with channels that are as the browser's", async () => {
    const network = createNetwork({ seed: 3, delay: [1, 20], duplicate: 0.2 });
    const [a, b] = [network.open("a").channel("shop"), network.open("b").channel("shop")];
    const answers = new Set<number>();
    b.onmessage = async ({ data }) => {
      await null;
      b.postMessage(data * 2);
    };
    a.onmessage = ({ data }) => answers.add(data);

    for (let n = 0; n < 50; n += 1) a.postMessage(n);
    await network.settle();

    expect(answers.size).toBe(50);
    const real = new BroadcastChannel("shop");
    expect(errorOf(() => a.postMessage(() => {}))).toBe(errorOf(() => real.postMessage(() => {})));
    for (const channel of [a, real]) channel.close();
    expect(errorOf(() => a.postMessage(1))).toBe(errorOf(() => real.postMessage(1)));
  });
});

function errorOf(post: () => void): string {
  try {
    post();
  } catch (error) {
    return (error as DOMException).name;
  }
  return "none";
}
