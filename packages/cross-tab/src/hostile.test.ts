import { ManualClock, MemoryLockStore } from "@pubsub-mfe/core/testing";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { CrossTabError } from "./index.js";
import { Hub } from "./testing/hub.js";
import { Origin } from "./testing/origin.js";
import { envelope, openTab, payloads, says, turnEnd, wireMessage } from "./testing/tabs.js";

let hub: Hub;
let clock: ManualClock;

beforeEach(() => {
  hub = new Hub();
  clock = new ManualClock();
});

const answers = () => hub.posts.flatMap((post) => (post as { messages: unknown[] }).messages);

describe("a tab that asks for the same again and again", () => {
  it("is answered a little at a time, and an honest one as ever", async () => {
    const a = await openTab(hub, { clock });
    for (let n = 1; n <= 2_048; n += 1) a.bus.publish("a", n);
    await turnEnd();
    const { publisher: of } = hub.posts[0] as { publisher: string };
    const ask = (publisher: string, to = 2_048) =>
      hub.inject(says("wanted", { publisher, of, from: 1, to }));
    hub.posts.length = 0;

    for (let n = 0; n < 1_000; n += 1) ask("greedy");
    expect(answers().length).toBeGreaterThan(4_000);
    expect(answers().length).toBeLessThanOrEqual(4_096);

    hub.posts.length = 0;
    ask("honest", 1_024);
    expect(answers()).toHaveLength(1_024);

    hub.posts.length = 0;
    clock.advance(1_000);
    ask("greedy");
    expect(answers()).toHaveLength(2_048 - 16);
    expect(hub.talk.at(-1)).toMatchObject({ kind: "digest", asked: 2_032 });
  });

  it("for numbers that cannot be counted on from is refused", async () => {
    const origin = new Origin(new MemoryLockStore(clock));
    const told: CrossTabError[] = [];
    const { adapter } = await origin.open({ onError: (error) => told.push(error) });
    await turnEnd();
    expect(adapter.isLeader()).toBe(true);
    const last = Number.MAX_SAFE_INTEGER;

    // The one that leads looks for what it has of others.
    origin.hub.inject(says("wanted", { of: "another", from: last, to: last, again: true }));
    await turnEnd();

    expect(told).toMatchObject([{ code: "ENVELOPE_REJECTED" }]);
  });

  it("is answered no more under many names", async () => {
    const a = await openTab(hub, { clock });
    for (let n = 1; n <= 2_048; n += 1) a.bus.publish("a", n);
    await turnEnd();
    const { publisher: of } = hub.posts[0] as { publisher: string };
    hub.posts.length = 0;

    for (let n = 0; n < 100; n += 1) {
      hub.inject(says("wanted", { publisher: `name-${n}`, of, from: 1, to: 2_048 }));
    }

    expect(answers().length).toBeGreaterThan(30_000);
    expect(answers().length).toBeLessThanOrEqual(32_768);
  });

  it.each([1, 100])("gets no digest for each of its hellos, under %d names", async (names) => {
    await openTab(hub, { clock });
    const { length } = hub.talk;

    for (let n = 0; n < 10_000; n += 1) {
      hub.inject(says("hello", { publisher: `name-${n % names}`, ageMs: 0, last: 1 }));
    }

    expect(hub.talk.length - length).toBe(names === 1 ? 256 : 2_048);
  });

  it("has all of it in the end, in order, where its answers were cut short", async () => {
    const a = await openTab(hub, { clock });
    const transport = hub.connect();
    const receive = transport.receive.bind(transport);
    let deaf = false;
    transport.receive = (data) => {
      if (!deaf) receive(data);
    };
    const b = await openTab(hub, { transport, clock });
    const hellos = hub.talk.filter((each) => (each as { kind: string }).kind === "hello");
    const { publisher } = hellos.at(-1) as { publisher: string };
    a.bus.publish("a", 0);
    await turnEnd();
    // Little is left of what it can get.
    for (let n = 0; n < 250; n += 1) hub.inject(says("hello", { publisher, ageMs: 0, last: 1 }));
    deaf = true;
    for (let n = 1; n < 900; n += 1) a.bus.publish("a", n);
    await turnEnd();
    deaf = false;

    a.bus.publish("a", 900);
    await turnEnd();
    expect(b.received.length).toBeLessThan(100);
    for (let n = 0; n < 10; n += 1) {
      clock.advance(200);
      await turnEnd();
    }

    expect(payloads(b.received)).toEqual(Array.from({ length: 901 }, (_, n) => n));
    expect(b.errors).toEqual([]);
  });
});

describe("publishers that are made up", () => {
  it("are forgotten beyond 1,000, and an honest one goes on", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub, { clock })];
    a.bus.publish("a", 1);
    await turnEnd();

    for (let n = 0; n < 3_000; n += 1) {
      hub.inject(envelope(2 ** 40, [wireMessage(`forged ${n}`)], { publisher: `p-${n}` }));
    }
    expect(b.adapter.getStats().dedupeCacheSize).toBe(1_000);
    a.bus.publish("a", 2);
    await turnEnd();
    clock.advance(60_000);
    await turnEnd();
    a.bus.publish("a", 3);
    await turnEnd();

    const honest = payloads(b.received).filter((payload) => typeof payload === "number");
    expect(honest).toEqual([1, 2, 3]);
    expect(clock.timerCount).toBe(0);
  });
});

describe("an envelope that says it has four thousand million places", () => {
  it("is refused at once", async () => {
    const { errors } = await openTab(hub);
    const messages: unknown[] = [];
    messages.length = 2 ** 32 - 1;

    hub.inject(envelope(1, messages));

    expect(errors[0]?.message).toContain("it carries more than 10000 messages");
  });

  it("does no harm as a payload", async () => {
    const { received } = await openTab(hub);
    const payload: unknown[] = [];
    payload.length = 2 ** 32 - 1;

    hub.inject(envelope(1, [wireMessage("x", { payload })]));
    await turnEnd();

    expect(received).toHaveLength(1);
  });
});

describe("names that are too long", () => {
  it.each(["publisher", "clientId"])("are refused: %s", async (field) => {
    const { errors } = await openTab(hub);

    hub.inject(envelope(1, [], { [field]: "x".repeat(257) }));

    expect(errors[0]?.message).toContain("it names no sender");
  });
});

describe("a flood of messages", () => {
  it("lets the event loop of the page go on", async () => {
    const { bus, received } = await openTab(hub);
    let tasks = 0;
    let done = false;
    const spin = () => {
      for (const end = performance.now() + 0.1; performance.now() < end; );
    };
    bus.subscribe("#", spin);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      tasks += 1;
      if (!done) port2.postMessage(null);
    };
    port2.postMessage(null);

    for (let n = 0; n < 40; n += 1) {
      const messages = Array.from({ length: 50 }, (_, index) => wireMessage(n * 50 + index));
      hub.inject(envelope(n * 50 + 1, messages));
    }
    while (received.length < 2_000) await turnEnd();
    done = true;
    port1.close();

    // 200 ms of work.
    expect(tasks).toBeGreaterThan(4);
  });
});

describe("fuzzed talk of tabs", () => {
  const key = fc.constantFrom("__proto__", "constructor", "prototype", "toString", "x");
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, maxDepth: 2 });
  const hostile = fc.oneof(anything, fc.dictionary(key, anything, { noNullPrototype: true }));
  const mostly = (...right: unknown[]) =>
    fc.oneof(
      { weight: 10, arbitrary: fc.constantFrom(...right) },
      { weight: 1, arbitrary: hostile },
    );
  const tab = fc.record({
    id: mostly("tab-1", "tab-2", "x", "__proto__", "y".repeat(300)),
    run: mostly("r", ""),
    state: mostly("visible", "hidden", "asleep", "cached", "gone"),
  });
  const presence = fc.record({
    v: mostly(1),
    kind: fc.constant("presence"),
    type: mostly("state", "call", "roster"),
    tab: fc.oneof(tab, hostile),
    asks: mostly(true, false),
    epoch: mostly(1, 2, 3, 2 ** 53 - 1),
    version: mostly(1, 2, 9, 2 ** 53 - 1),
    leader: mostly("tab-1", "x", "__proto__"),
    tabs: fc.oneof(fc.array(tab, { maxLength: 4 }), hostile),
  });

  it("throws nothing, pollutes nothing, and the tabs know each other again soon", async () => {
    const told: CrossTabError[] = [];
    const onError = (error: CrossTabError) => told.push(error);
    await fc.assert(
      fc.asyncProperty(fc.array(presence, { minLength: 1, maxLength: 6 }), async (talk) => {
        const manual = new ManualClock();
        const origin = new Origin(new MemoryLockStore(manual));
        const tabs = [await origin.open({ onError }), await origin.open({ onError })];
        await turnEnd();
        for (const each of talk) {
          try {
            structuredClone(each);
          } catch {
            continue; // it could not have come over a channel
          }
          origin.hub.inject(each);
          await turnEnd();
        }
        manual.advance(1_000);
        await turnEnd();
        tabs.push(await origin.open({ onError }));
        await turnEnd();
        manual.advance(1_000);
        await turnEnd();
        manual.advance(600_000);
        await turnEnd();

        expect(tabs[0]?.adapter.isLeader()).toBe(true);
        for (const { adapter } of tabs) {
          const ids = adapter.tabs().map(({ id }) => id);
          expect(ids).toEqual(expect.arrayContaining(["tab-1", "tab-2", "tab-3"]));
        }
        for (const { bus } of tabs) bus.dispose();
      }),
      { numRuns: 60 },
    );

    expect(told.length).toBeGreaterThan(0);
    expect(told.every(({ code }) => code === "ENVELOPE_REJECTED")).toBe(true);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
