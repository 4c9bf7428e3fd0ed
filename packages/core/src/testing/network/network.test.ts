// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { createPubSub } from "../../index.js";
import { ManualClock } from "../manual-clock.js";
import type { NetworkChannel } from "./channel.js";
import { createNetwork, type TestNetwork } from "./network.js";
import type { NetworkTab } from "./tab.js";

/** What an end receives, from now on. */
function listen(channel: NetworkChannel): unknown[] {
  const received: unknown[] = [];
  channel.onmessage = ({ data }) => received.push(data);
  return received;
}

interface End {
  readonly tab: NetworkTab;
  readonly channel: NetworkChannel;
  readonly received: unknown[];
}

function openOne(network: TestNetwork, id: string): End {
  const tab = network.open(id);
  const channel = tab.channel("shop");
  return { tab, channel, received: listen(channel) };
}

/** Ends of one channel, in tabs of these names. */
function open<Ids extends string[]>(network: TestNetwork, ...ids: Ids) {
  return ids.map((id) => openOne(network, id)) as { [Key in keyof Ids]: End };
}

function isSorted(numbers: readonly unknown[]): boolean {
  return numbers.every(
    (n, index) => index === 0 || (numbers[index - 1] as number) <= (n as number),
  );
}

const hundred = Array.from({ length: 100 }, (_, n) => n);

describe("a channel", () => {
  it("delivers to every other end of its name, in a task of the clock, and not to the sender", async () => {
    const network = createNetwork();
    const [a, b, c] = open(network, "a", "b", "c");
    const other = listen(network.channel("another"));

    a.channel.postMessage("hello");
    expect(b.received).toEqual([]);
    expect(network.stats).toMatchObject({ sent: 1, inFlight: 2 });
    await network.settle();

    expect([a.received, b.received, c.received, other]).toEqual([[], ["hello"], ["hello"], []]);
    expect(network.stats).toMatchObject({ sent: 1, delivered: 2, inFlight: 0 });
  });

  it("reaches another end in the same tab, whatever happens to the network", async () => {
    const network = createNetwork({ drop: 1, delay: [5, 5] });
    const tab = network.open("a");
    const [one, two] = [tab.channel("shop"), tab.channel("shop")];
    const received = [listen(one), listen(two)];
    network.partition([["a"]]);

    one.postMessage(1);
    await network.settle();

    expect(received).toEqual([[], [1]]);
    expect(network.clock.monotonic()).toBe(0);
  });

  it("copies what is sent, at once and for each that receives it", async () => {
    const network = createNetwork();
    const [a, b, c] = open(network, "a", "b", "c");
    const sent = { at: new Date(0), tags: new Set(["x"]), nothing: undefined, big: 2n ** 70n };

    a.channel.postMessage(sent);
    sent.tags.add("changed later");
    await network.settle();

    const expected = { ...sent, tags: new Set(["x"]) };
    expect([b.received, c.received]).toEqual([[expected], [expected]]);
    expect(b.received[0]).not.toBe(c.received[0]);
  });

  it("throws a DataCloneError for what cannot be copied, and sends nothing", async () => {
    const network = createNetwork();
    const [a, b] = open(network, "a", "b");

    expect(() => a.channel.postMessage({ fn: () => {} })).toThrow(
      expect.objectContaining({ name: "DataCloneError" }),
    );
    await network.settle();

    expect(b.received).toEqual([]);
    expect(network.stats.sent).toBe(0);
  });

  it("gives its listeners message events with the origin of the page", async () => {
    const network = createNetwork();
    const [a, b] = open(network, "a", "b");
    const events: MessageEvent[] = [];
    const listener = (event: MessageEvent) => events.push(event);
    b.channel.addEventListener("message", listener);

    a.channel.postMessage(1);
    await network.settle();
    b.channel.removeEventListener("message", listener);
    a.channel.postMessage(2);
    await network.settle();

    expect(events).toEqual([expect.any(MessageEvent)]);
    expect(events[0]).toMatchObject({ type: "message", data: 1, origin: location.origin });
  });

  it("neither receives nor sends once it is closed", async () => {
    const network = createNetwork();
    const [a, b] = open(network, "a", "b");

    a.channel.postMessage("under way");
    b.channel.close();
    b.channel.close();
    a.channel.postMessage("too late");
    await network.settle();

    expect(b.received).toEqual([]);
    expect(network.stats).toMatchObject({ delivered: 0, refused: 1 });
    expect(() => b.channel.postMessage(1)).toThrow(
      expect.objectContaining({
        name: "InvalidStateError",
        message: 'The channel "shop" is closed.',
      }),
    );
  });
});

describe("a network", () => {
  it("delays by chance between two bounds, and keeps the order of each sender", async () => {
    const network = createNetwork({ delay: [5, 50] });
    const [a, b] = open(network, "a", "b");

    for (const n of hundred) a.channel.postMessage(n);
    await network.advance(4.9);
    expect(b.received).toEqual([]);
    await network.settle();

    expect(b.received).toEqual(hundred);
    expect(network.clock.monotonic()).toBeGreaterThan(40);
    expect(network.clock.monotonic()).toBeLessThanOrEqual(50);
    expect(network.stats.reordered).toBe(0);
  });

  it("lets messages of two senders overtake each other", async () => {
    const network = createNetwork({ delay: [0, 50] });
    const [a, b, c] = open(network, "a", "b", "c");

    for (const n of hundred) {
      a.channel.postMessage({ of: "a", n });
      b.channel.postMessage({ of: "b", n });
      await network.advance(1);
    }
    await network.settle();

    const received = c.received as { of: string; n: number }[];
    expect(received).toHaveLength(200);
    expect(isSorted(received.map(({ n }) => n))).toBe(false);
    for (const sender of ["a", "b"]) {
      expect(received.filter(({ of }) => of === sender).map(({ n }) => n)).toEqual(hundred);
    }
  });

  it("loses some, for each tab by itself, and says how many", async () => {
    const network = createNetwork({ drop: 0.2 });
    const [a, b, c] = open(network, "a", "b", "c");

    for (const n of hundred) a.channel.postMessage(n);
    await network.settle();

    const { dropped, delivered } = network.stats;
    expect(delivered).toBe(b.received.length + c.received.length);
    expect(dropped + delivered).toBe(200);
    expect(dropped).toBeGreaterThan(20);
    expect(dropped).toBeLessThan(60);
    expect(b.received).not.toEqual(c.received);
    expect(isSorted(b.received)).toBe(true);
  });

  it("delivers some twice, behind the first copy", async () => {
    const network = createNetwork({ duplicate: 0.2, delay: [0, 20] });
    const [a, b] = open(network, "a", "b");

    for (const n of hundred) a.channel.postMessage(n);
    await network.settle();

    const { duplicated, delivered, reordered } = network.stats;
    expect(duplicated).toBeGreaterThan(5);
    expect(duplicated).toBeLessThan(40);
    expect(delivered).toBe(100 + duplicated);
    expect(new Set(b.received).size).toBe(100);
    expect(isSorted(b.received)).toBe(true);
    expect(reordered).toBe(0);
  });

  it("lets later messages overtake some, and counts those by their first copies", async () => {
    const network = createNetwork({ reorder: 0.2, duplicate: 0.5 });
    const [a, b] = open(network, "a", "b");

    for (const n of hundred) a.channel.postMessage(n);
    await network.settle();

    const seen = new Set<unknown>();
    let latest = -1;
    let late = 0;
    for (const n of b.received as number[]) {
      if (n < latest && !seen.has(n)) late += 1;
      seen.add(n);
      latest = Math.max(latest, n);
    }
    expect(seen.size).toBe(100);
    expect(late).toBeGreaterThan(5);
    expect(network.stats.reordered).toBe(late);
  });

  it("does to everything what happens always", async () => {
    const lost = createNetwork({ drop: 1 });
    const twice = createNetwork({ duplicate: 1 });
    const [a, b] = open(lost, "a", "b");
    const [c, d] = open(twice, "c", "d");

    for (const n of [1, 2, 3]) {
      a.channel.postMessage(n);
      c.channel.postMessage(n);
    }
    await lost.settle();
    await twice.settle();

    expect(b.received).toEqual([]);
    expect(d.received).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it("passes on what a listener throws", async () => {
    const network = createNetwork();
    const [a, b] = open(network, "a", "b");
    b.channel.onmessage = () => {
      throw new Error("no");
    };

    a.channel.postMessage(1);

    await expect(network.settle()).rejects.toThrow("no");
  });

  it("waits in settle for the answers too, but not for timers", async () => {
    const network = createNetwork({ delay: [1, 1] });
    const [a, b] = open(network, "a", "b");
    b.channel.onmessage = async ({ data }) => {
      await null;
      b.channel.postMessage(data * 2);
    };
    b.tab.clock.setTimer(() => b.channel.postMessage("a second later"), 1_000);

    a.channel.postMessage(21);
    await network.settle();

    expect(a.received).toEqual([42]);
    expect(network.clock.monotonic()).toBe(2);
    await network.advance(1_001);
    expect(a.received).toEqual([42, "a second later"]);
  });

  it("gives up on tabs that answer each other for ever", async () => {
    const network = createNetwork();
    const [a, b] = open(network, "a", "b");
    for (const { channel } of [a, b]) channel.onmessage = () => channel.postMessage(1);

    a.channel.postMessage(1);

    await expect(network.settle()).rejects.toThrow("did not come to rest in 100000 steps");
  }, 30_000);

  it("carries the messages of buses with the network's time", async () => {
    const network = createNetwork({ delay: [10, 10] });
    const [a, b] = open(network, "a", "b");
    const bus = createPubSub({ clock: b.tab.clock });
    const arrivals: number[] = [];
    bus.subscribe("a", ({ ts }) => arrivals.push(ts));
    b.channel.onmessage = ({ data }) => void bus.publish("a", data);

    a.channel.postMessage(1);
    await network.settle();

    expect(arrivals).toEqual([1_700_000_000_010]);
  });
});

describe("a partition", () => {
  it("loses what is sent from one group to another, until it heals", async () => {
    const network = createNetwork({ delay: [5, 5] });
    const [a, b, c] = open(network, "a", "b", "c");

    a.channel.postMessage("under way");
    network.partition([["a", "b"], ["c"]]);
    a.channel.postMessage("within");
    c.channel.postMessage("from outside");
    await network.settle();
    network.heal();
    a.channel.postMessage("healed");
    await network.settle();

    expect(b.received).toEqual(["under way", "within", "healed"]);
    expect(c.received).toEqual(["under way", "healed"]);
    expect(a.received).toEqual([]);
    expect(network.stats.partitioned).toBe(3);
  });

  it("leaves tabs that it does not name together, also those that open later", async () => {
    const network = createNetwork();
    const [a, b] = open(network, "a", "b");
    network.partition([["b"]]);
    const late = openOne(network, "late");

    a.channel.postMessage(1);
    await network.settle();

    expect([b.received, late.received]).toEqual([[], [1]]);
  });

  it("has each tab once", () => {
    expect(() => createNetwork().partition([["a"], ["b", "a"]])).toThrow(
      'The tab "a" is in two groups of the partition.',
    );
  });
});

describe("a frozen tab", () => {
  it("gets everything when it thaws, in order, and before what comes then", async () => {
    const network = createNetwork({ delay: [5, 5] });
    const [a, b] = open(network, "a", "b");
    network.freeze("b");
    for (const n of [1, 2, 3]) a.channel.postMessage(n);
    await network.settle();
    expect(b.received).toEqual([]);
    expect([b.tab.waiting, network.stats.inFlight]).toEqual([3, 0]);

    a.channel.postMessage(4);
    await network.advance(4);
    network.thaw("b");
    a.channel.postMessage(5);
    await network.advance(1);
    expect(b.received).toEqual([1, 2, 3, 4]);
    await network.settle();

    expect(b.received).toEqual([1, 2, 3, 4, 5]);
    expect(network.stats.reordered).toBe(0);
  });

  it("gets what arrives while it thaws behind what waited", async () => {
    const network = createNetwork({ delay: [5, 5] });
    const [a, b] = open(network, "a", "b");
    network.freeze("b");
    for (const n of [1, 2]) a.channel.postMessage(n);
    await network.advance(5);

    network.clock.setTimer(() => network.thaw("b"), 5);
    a.channel.postMessage(3);
    await network.advance(5);

    expect(b.received).toEqual([1, 2, 3]);
  });

  it("gets each in a task of its own", async () => {
    const network = createNetwork();
    const [a, b] = open(network, "a", "b");
    const log: string[] = [];
    b.channel.onmessage = async ({ data }) => {
      log.push(`${data} begins`);
      await null;
      log.push(`${data} ends`);
    };
    network.freeze(b.tab);
    for (const n of [1, 2]) a.channel.postMessage(n);
    await network.settle();

    network.thaw(b.tab);
    await network.settle();

    expect(log).toEqual(["1 begins", "1 ends", "2 begins", "2 ends"]);
  });

  it("fires no timer and sends nothing until it thaws", async () => {
    const network = createNetwork();
    const [a, b] = open(network, "a", "b");
    const log: string[] = [];
    b.tab.clock.setTimer(() => log.push("fired"), 10);
    const cancel = b.tab.clock.setTimer(() => log.push("cancelled"), 10);

    network.freeze("b");
    b.channel.postMessage("from the freeze event");
    await network.advance(100);
    cancel();
    expect([log, a.received]).toEqual([[], []]);
    network.thaw("b");
    await network.settle();

    expect([log, a.received]).toEqual([["fired"], ["from the freeze event"]]);
  });

  it("may freeze again in the midst of its thawing", async () => {
    const network = createNetwork();
    const [a, b] = open(network, "a", "b");
    network.freeze("b");
    for (const n of [1, 2, 3]) a.channel.postMessage(n);
    await network.settle();
    b.channel.onmessage = ({ data }) => {
      b.received.push(data);
      if (data === 1) network.freeze("b");
    };

    network.thaw("b");
    await network.advance(10);
    expect(b.received).toEqual([1]);
    network.thaw("b");
    await network.settle();

    expect(b.received).toEqual([1, 2, 3]);
  });
});

describe("a tab that crashes", () => {
  it("is silent at once: nothing arrives, no timer fires, nothing is sent", async () => {
    const network = createNetwork({ delay: [5, 5] });
    const [a, b] = open(network, "a", "b");
    const log: string[] = [];
    b.tab.clock.setTimer(() => log.push("fired"), 1);
    b.channel.postMessage("last words");
    a.channel.postMessage("too late");

    network.crash("b");
    b.channel.postMessage("from the grave");
    await network.advance(100);

    expect([log, b.received, a.received]).toEqual([[], [], ["last words"]]);
    expect(network.stats).toMatchObject({ sent: 2, refused: 1 });
  });

  it("loses what waited while it was frozen", async () => {
    const network = createNetwork();
    const [a, b] = open(network, "a", "b");
    network.freeze("b");
    a.channel.postMessage(1);
    await network.settle();

    network.crash("b");
    await network.settle();

    expect([b.received, b.tab.waiting]).toEqual([[], 0]);
  });

  it("rejoins under its name, and hears what comes from then on", async () => {
    const network = createNetwork();
    const [a, b] = open(network, "a", "b");
    network.crash("b");
    a.channel.postMessage("missed");
    const received = listen(network.rejoin("b").channel("shop"));

    a.channel.postMessage("heard");
    await network.settle();

    expect([received, b.received]).toEqual([["heard"], []]);
  });
});

describe("a seed", () => {
  async function run(seed: number): Promise<TestNetwork> {
    const network = createNetwork({
      seed,
      drop: 0.1,
      duplicate: 0.1,
      reorder: 0.1,
      delay: [1, 30],
      label: (data) => `n = ${data}`,
    });
    const [a, b, c] = open(network, "a", "b", "c");
    for (const n of hundred) {
      a.channel.postMessage(n);
      if (n % 3 === 0) b.channel.postMessage(n);
      if (n === 20) network.freeze("c");
      if (n === 40) network.thaw("c");
      if (n === 50) network.partition([["a"], ["b", "c"]]);
      if (n === 60) network.heal();
      if (n === 80) network.crash("b");
      if (n === 90) network.rejoin("b").channel("shop");
      await network.advance(3);
    }
    c.channel.postMessage("end");
    await network.settle();
    return network;
  }

  it("gives the same course each time, and another one another", async () => {
    const [first, again, other] = [await run(7), await run(7), await run(8)];

    expect(again.trace).toEqual(first.trace);
    expect(again.printTrace()).toBe(first.printTrace());
    expect(other.printTrace()).not.toBe(first.printTrace());
    const { stats } = first;
    expect(Math.min(...Object.values({ ...stats, inFlight: 1 }))).toBeGreaterThan(0);
  });

  it("can be read as a trace", async () => {
    const network = createNetwork({ delay: [2, 2], label: String });
    const [a] = open(network, "a", "b");
    a.channel.postMessage("hello");
    await network.settle();
    network.partition([["a"], ["b", "c"]]);

    expect(network.printTrace()).toBe(
      [
        "     0.0 ms  opened       a",
        "     0.0 ms  opened       b",
        "     0.0 ms  sent         a  shop  #1  hello",
        "     2.0 ms  delivered    a -> b  shop  #1  hello",
        "     2.0 ms  cut          a | b c",
      ].join("\n"),
    );
  });
});

describe("createNetwork", () => {
  it("takes a clock, and counts from where it stands", async () => {
    const clock = new ManualClock();
    clock.advance(1_000);
    const network = createNetwork({ clock, delay: [5, 5] });
    const [a, b] = open(network, "a", "b");

    a.channel.postMessage(1);
    clock.advance(5);

    expect(network.clock).toBe(clock);
    expect(b.received).toEqual([1]);
    expect(network.trace.at(-1)).toMatchObject({ type: "delivered", atMs: 5 });
  });

  it.each([
    [{ seed: 1.5 }, "seed is 1.5: it must be a whole number."],
    [{ drop: 1.1 }, "drop is 1.1: it must be a number from 0 to 1."],
    [{ duplicate: -1 }, "duplicate is -1: it must be a number from 0 to 1."],
    [{ reorder: Number.NaN }, "reorder is NaN: it must be a number from 0 to 1."],
    [{ delay: [5, 1] }, "delay is [5, 1]: it must be two numbers of milliseconds"],
    [{ delay: [-1, 1] }, "delay is [-1, 1]: it must be two numbers of milliseconds"],
  ] as const)("refuses %j", (config, sentence) => {
    expect(() => createNetwork(config)).toThrow(sentence);
  });

  it("names the tab that a control cannot be used on", () => {
    const network = createNetwork();
    network.open("a");
    network.freeze("a");

    expect(() => network.open("a")).toThrow('There is a tab "a"');
    expect(() => network.freeze("a")).toThrow('The tab "a" is frozen: it must be awake.');
    expect(() => network.thaw("b")).toThrow('The tab "b" is not open: it must be frozen.');
    expect(() => network.rejoin("a")).toThrow('No tab "a" has crashed');
    network.crash("a");
    expect(() => network.crash("a")).toThrow('The tab "a" is gone: it must be awake or frozen.');
    expect(() => network.open("a")).toThrow("let it rejoin()");
  });

  it("names tabs that nobody named", () => {
    const network = createNetwork();

    expect([network.open().id, network.open().id]).toEqual(["tab-1", "tab-2"]);
  });
});
