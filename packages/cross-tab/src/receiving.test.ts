// @vitest-environment happy-dom
import type { Message } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { CrossTabError } from "./index.js";
import { Hub } from "./testing/hub.js";
import { envelope, openTab, payloads, says, turnEnd, wireMessage } from "./testing/tabs.js";
import { MAX_NUMBER } from "./wire.js";

let hub: Hub;

beforeEach(() => {
  hub = new Hub();
});

const messages = (...numbers: unknown[]) => numbers.map((n) => wireMessage(n));

describe("an envelope made by hand", () => {
  it("is delivered when it follows the documented wire", async () => {
    const { received, errors } = await openTab(hub);

    hub.inject(envelope(1, [wireMessage("x", { schemaVersion: "1", meta: { source: "cart" } })]));
    await turnEnd();

    const _origin = location.origin;
    expect(received).toEqual([
      {
        id: "id-x",
        topic: "a",
        ts: 1,
        payload: "x",
        schemaVersion: "1",
        meta: { source: "cart", _crossTab: true, _sourceClientId: "tab-1", _origin },
      },
    ]);
    expect(errors).toEqual([]);
  });

  it("cannot forge where it comes from", async () => {
    const { received } = await openTab(hub);
    const meta = { _crossTab: false, _sourceClientId: "somebody", _origin: "https://else.where" };

    hub.inject(envelope(1, [wireMessage("x", { meta })]));
    await turnEnd();

    expect(received[0]?.meta).toEqual({
      _crossTab: true,
      _sourceClientId: "tab-1",
      _origin: location.origin,
    });
  });
});

describe("duplicates", () => {
  it("of an envelope are dropped and counted", async () => {
    const { received, adapter, errors } = await openTab(hub);

    hub.inject(envelope(1, messages(1, 2)));
    hub.inject(envelope(1, messages(1, 2)));
    hub.inject(envelope(2, messages(2, 3)));
    await turnEnd();

    expect(payloads(received)).toEqual([1, 2, 3]);
    expect(adapter.getStats()).toMatchObject({ messagesReceived: 3, messagesDeduplicated: 3 });
    expect(errors).toEqual([]);
  });

  it("are told apart by publisher", async () => {
    const { received } = await openTab(hub);

    hub.inject(envelope(1, messages(1)));
    hub.inject(envelope(1, messages(2), { publisher: "p-2" }));
    await turnEnd();

    expect(payloads(received)).toEqual([1, 2]);
  });

  it("are known of the 1,000 publishers that were heard last", async () => {
    const { adapter } = await openTab(hub);
    let heard = 0;
    const hear = (publisher: string) =>
      hub.inject(envelope(1, [wireMessage(++heard)], { publisher }));

    hear("p-1");
    for (let n = 0; n < 999; n += 1) hear(`other-${n}`);
    hear("p-1"); // known, and now the one heard last
    hear("other-999");
    hear("p-1");
    expect(adapter.getStats()).toMatchObject({ messagesReceived: 1_001, messagesDeduplicated: 2 });

    hear("other-0"); // forgotten for it
    expect(adapter.getStats().messagesReceived).toBe(1_002);
  });
});

describe("a gap", () => {
  it("is told with the tab and the numbers when nobody answers; what follows is delivered", async () => {
    const clock = new ManualClock();
    const told: unknown[] = [];
    const onDiagnostic = (event: { type: string }) => event.type === "gap" && told.push(event);
    const { received, errors, adapter } = await openTab(hub, { clock }, { onDiagnostic });

    hub.inject(envelope(1, messages(1)));
    hub.inject(envelope(5, messages(5)));
    hub.inject(envelope(6, messages(6)));
    hub.inject(envelope(8, messages(8)));
    clock.advance(2_599);
    expect(adapter.getStats()).toMatchObject({ messagesReceived: 1, gaps: 0 });
    clock.advance(1);
    await turnEnd();

    expect(payloads(received)).toEqual([1, 5, 6, 8]);
    expect(errors).toHaveLength(2);
    expect(errors[0]).toMatchObject({
      name: "MessageGapError",
      code: "MESSAGE_GAP",
      clientId: "tab-1",
      publisher: "p-1",
      count: 3,
      range: [2, 4],
      message: "3 messages of tab tab-1 are missing here, from its number 2 to 4.",
    });
    expect(errors[1]).toMatchObject({ range: [7, 7] });
    const gap = { type: "gap", kind: "link", from: "p-1", clientId: "tab-1" };
    expect(told).toEqual([
      { ...gap, count: 3, range: [2, 4] },
      { ...gap, count: 1, range: [7, 7] },
    ]);
    expect(adapter.getStats()).toMatchObject({ messagesRejected: 0, gaps: 2 });
  });

  it("is asked for at once, and closed by the answer, in order", async () => {
    const clock = new ManualClock();
    const { received, errors, adapter } = await openTab(hub, { clock });
    const { publisher: to } = hub.talk[0] as { publisher: string };

    hub.inject(envelope(1, messages(1)));
    hub.inject(envelope(4, messages(4)));
    expect(hub.talk.at(-1)).toMatchObject({ kind: "wanted", of: "p-1", from: 2, to: 3 });
    hub.inject(envelope(2, messages(2, 3), { to }));
    await turnEnd();

    expect(payloads(received)).toEqual([1, 2, 3, 4]);
    expect(errors).toEqual([]);
    expect(adapter.getStats()).toMatchObject({ messagesRepaired: 2, messagesDeduplicated: 0 });
    expect(clock.timerCount).toBe(0);
  });

  it("is closed also by what another tab had asked for, which is else of no use", async () => {
    const { received, adapter } = await openTab(hub, { clock: new ManualClock() });
    const to = "somebody else";

    hub.inject(envelope(1, messages(0), { publisher: "p-2", to }));
    hub.inject(envelope(1, messages(1)));
    hub.inject(envelope(3, messages(3)));
    hub.inject(envelope(1, messages(1, 2, 3, 4), { to }));
    await turnEnd();

    expect(payloads(received)).toEqual([1, 2, 3]);
    expect(adapter.getStats()).toMatchObject({ messagesRepaired: 1, messagesDeduplicated: 0 });
  });

  it("is told at once when the tab no longer has the messages", async () => {
    const { received, errors } = await openTab(hub, { clock: new ManualClock() });
    const { publisher: to } = hub.talk[0] as { publisher: string };
    hub.inject(envelope(1, messages(1)));
    hub.inject(envelope(6, messages(6)));

    hub.inject(says("lost", { from: 2, last: 3, to: "somebody else" }));
    hub.inject(says("lost", { from: 2, last: 3, to }));
    hub.inject(says("lost", { from: 2, last: 1_000, to }));
    await turnEnd();

    expect(payloads(received)).toEqual([1, 6]);
    expect(errors).toMatchObject([{ range: [2, 3] }, { range: [4, 5] }]);
  });

  it("is none before the first that is heard of a publisher", async () => {
    const clock = new ManualClock();
    const { received, errors } = await openTab(hub, { clock });

    hub.inject(envelope(1_000, messages(1)));
    expect(hub.talk.at(-1)).toMatchObject({ kind: "hello", to: "p-1" });
    clock.advance(2_600);
    await turnEnd();

    expect(payloads(received)).toEqual([1]);
    expect(errors).toEqual([]);
  });

  it("is told when it turns out late that something came before the first", async () => {
    const clock = new ManualClock();
    const { errors } = await openTab(hub, { clock });
    const { publisher: to } = hub.talk[0] as { publisher: string };

    hub.inject(envelope(9, messages(9)));
    clock.advance(2_600);
    hub.inject(says("digest", { last: 9, base: 5, ageMs: 2_600, to }));
    hub.inject(says("digest", { last: 9, base: 5, ageMs: 2_600, to }));

    expect(errors).toMatchObject([{ range: [6, 8] }]);
  });
});

describe("numbers that are made up", () => {
  it.each([
    ["beyond what may wait", envelope(2 ** 40, messages("forged"))],
    ["near", envelope(500, messages("forged"))],
    ["of a digest", says("digest", { last: 2 ** 40 })],
  ])("do not mute a publisher that answers: %s", async (_, forged) => {
    const clock = new ManualClock();
    const { received, errors } = await openTab(hub, { clock });
    const { publisher: to } = hub.talk[0] as { publisher: string };

    hub.inject(envelope(1, messages(1)));
    hub.inject(forged);
    const { to: asked } = hub.talk.at(-1) as { to: number };
    hub.inject(envelope(2, messages(2)));
    hub.inject(says("digest", { last: 1, to, asked }));
    expect(clock.timerCount).toBe(0);
    hub.inject(envelope(3, messages(3)));
    await turnEnd();

    expect(payloads(received)).toEqual([1, 2, 3]);
    expect(errors).toEqual([]);
  });

  it("do not mute one that stays silent when they are far off", async () => {
    const clock = new ManualClock();
    const { received, adapter } = await openTab(hub, { clock });

    hub.inject(envelope(1, messages(1)));
    hub.inject(envelope(2 ** 40, messages("forged")));
    clock.advance(60_000);
    hub.inject(envelope(2, messages(2)));
    await turnEnd();

    expect(payloads(received)).toEqual([1, 2]);
    expect(adapter.getStats().gaps).toBe(1);
    expect(clock.timerCount).toBe(0);
  });

  it("keep no more than 1,024 messages waiting", async () => {
    const clock = new ManualClock();
    const { adapter } = await openTab(hub, { clock });

    hub.inject(envelope(1, messages(1)));
    for (let n = 3; n < 5_000; n += 1) hub.inject(envelope(n, messages(n)));
    clock.advance(2_600);

    expect(adapter.getStats().messagesReceived).toBe(1 + 1_023);
  });
});

describe("what is malformed", () => {
  it.each<[string, unknown, string]>([
    ["a string", "hello", "it is not an envelope of this package"],
    ["nothing", null, "it is not an envelope of this package"],
    ["another publisher", envelope(1, [], { publisher: 7 }), "it names no sender"],
    ["no client id", envelope(1, [], { clientId: undefined }), "it names no sender"],
    ["the sequence 0", envelope(0, []), "its sequence is no number"],
    ["the sequence 1.5", envelope(1.5, []), "its sequence is no number"],
    ["a sequence too large", envelope(2 ** 53, []), "its sequence is no number"],
    ["a sequence that ends too late", envelope(2 ** 52, messages(1)), "its sequence is no number"],
    ["no messages", envelope(1, [], { messages: {} }), "it carries no messages"],
    [
      "a newer wire",
      envelope(1, messages(1), { v: 2 }),
      "it has wire version 2, and this page understands 1; update @pubsub-mfe/cross-tab in the older of the two",
    ],
    ["no kind", envelope(1, [], { kind: undefined }), "it is of no kind that this page knows"],
    ["an age that is none", says("hello", { ageMs: -1 }), "its age is no number"],
    ["an end that is none", says("digest", { last: -1 }), "its end is no number"],
    ["a question of nobody", says("wanted", { from: 1, to: 2 }), "it names no publisher"],
    ["a range that is none", says("wanted", { of: "p", from: 2, to: 1 }), "it asks for no range"],
    [
      "a question from which nobody can count on",
      says("wanted", { of: "p", from: 2 ** 53 - 1, to: 2 ** 53 - 1 }),
      "it asks for no range",
    ],
    ["a loss without a range", says("lost", { from: 0, last: 1, to: "p" }), "it names no range"],
    ["a loss for nobody", says("lost", { from: 1, last: 1 }), "it answers nobody"],
    ["no wire version", {}, "it is not an envelope of this package"],
    [
      "a wire version without a string form",
      envelope(1, [], { v: { toString: [] } }),
      "it is not an envelope of this package",
    ],
  ])("is refused with a sentence: %s", async (_, data, reason) => {
    const { received, errors, adapter } = await openTab(hub);

    hub.inject(data);
    hub.inject(envelope(1, messages(1)));
    await turnEnd();

    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      name: "CrossTabError",
      code: "ENVELOPE_REJECTED",
      message: `What another tab sent was refused: ${reason}.`,
    });
    expect(adapter.getStats().messagesRejected).toBe(1);
    expect(payloads(received)).toEqual([1]);
  });

  it.each<[string, unknown]>([
    ["nothing", null],
    ["a string", "text"],
    ["no id", wireMessage(2, { id: "" })],
    ["a pattern for a topic", wireMessage(2, { topic: "a.#" })],
    ["no time", wireMessage(2, { ts: Number.NaN })],
    ["a schema version that is none", wireMessage(2, { schemaVersion: 3 })],
    ["text for meta", wireMessage(2, { meta: "text" })],
    ["a list for meta", wireMessage(2, { meta: ["a"] })],
    ["null for meta", wireMessage(2, { meta: null })],
  ])("costs a message alone: %s", async (_, bad) => {
    const { received, errors, adapter } = await openTab(hub);

    hub.inject(envelope(1, [wireMessage(1), bad, wireMessage(3)]));
    hub.inject(envelope(4, messages(4)));
    await turnEnd();

    expect(payloads(received)).toEqual([1, 3, 4]);
    expect(errors.map(({ code }) => code)).toEqual(["ENVELOPE_REJECTED"]);
    expect(errors[0]?.message).toMatch(/^A message of another tab was refused: /);
    expect(errors[0]?.cause).toBeInstanceOf(Error);
    expect(adapter.getStats()).toMatchObject({ messagesReceived: 3, messagesRejected: 1 });
  });
});

describe("fuzzed input", () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, maxDepth: 3 });
  const hostile = fc.dictionary(
    fc.oneof(fc.constantFrom("__proto__", "constructor", "prototype", "toString"), fc.string()),
    anything,
    { noNullPrototype: true },
  );
  /** Mostly right, so that what is right beside it matters. */
  const mostly = (...right: unknown[]) =>
    fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...right) },
      { weight: 1, arbitrary: fc.oneof(anything, hostile) },
    );
  const message = fc.oneof(
    { weight: 1, arbitrary: fc.oneof(anything, hostile) },
    {
      weight: 3,
      arbitrary: fc.record(
        {
          id: fc.oneof({ weight: 3, arbitrary: fc.uuid() }, mostly("id-1", "__proto__")),
          topic: mostly("a", "a.b", "__proto__.constructor"),
          ts: mostly(0, 1.5),
          payload: fc.oneof(hostile, anything),
          meta: fc.oneof(hostile, mostly({ source: "s" })),
          schemaVersion: mostly("1"),
        },
        { requiredKeys: ["id", "topic", "ts"] },
      ),
    },
  );
  const largest = fc.constantFrom(MAX_NUMBER, Number.MAX_SAFE_INTEGER);
  const huge = fc.tuple(largest, fc.nat(8)).map(([most, less]) => most - less);
  const data = fc.oneof(
    { weight: 1, arbitrary: fc.oneof(anything, hostile) },
    {
      weight: 3,
      arbitrary: fc.record({
        v: mostly(1),
        kind: mostly("messages", "messages", "hello", "digest", "wanted", "lost"),
        publisher: mostly("p-1", "p-2", "__proto__"),
        clientId: mostly("tab-1", "__proto__"),
        from: fc.oneof(fc.integer({ min: 1, max: 40 }), huge, fc.maxSafeNat(), anything),
        messages: fc.oneof(fc.array(message, { maxLength: 4 }), mostly([])),
        to: fc.oneof(mostly(undefined, 1, 40, "p-1"), huge),
        last: mostly(0, 1, 40, MAX_NUMBER, Number.MAX_SAFE_INTEGER),
        of: mostly("p-1"),
        again: mostly(undefined, true),
        ageMs: mostly(0, 1.5),
      }),
    },
  );

  it("never throws, pollutes nothing, and is told or delivered well-formed", async () => {
    const told: CrossTabError[] = [];
    const clock = new ManualClock();
    const onError = (error: CrossTabError) => told.push(error);
    const { adapter, received } = await openTab(hub, { clock, onError });
    const isWellFormed = ({ id, topic, ts, meta }: Message) =>
      typeof id === "string" && /^[\w.-]+$/.test(topic) && Number.isFinite(ts) && meta?._crossTab;

    await fc.assert(
      fc.asyncProperty(data, async (value) => {
        let clone: unknown;
        try {
          clone = structuredClone(value);
        } catch {
          return; // it could not have come over a channel
        }
        hub.inject(clone);
        clock.advance(1_000);
        await turnEnd();
      }),
      // Chance alone makes, once in a long while, not one message that is right.
      { numRuns: 500, examples: [[envelope(1, [wireMessage("right")])]] },
    );

    const { messagesReceived, messagesRejected } = adapter.getStats();
    expect(messagesReceived).toBe(received.length);
    expect(received.every(isWellFormed)).toBe(true);
    expect(told.filter(({ code }) => code === "ENVELOPE_REJECTED")).toHaveLength(messagesRejected);
    expect(messagesReceived).toBeGreaterThan(0);
    expect(messagesRejected).toBeGreaterThan(0);
    expect(Object.keys(Object.prototype)).toEqual([]);
    const fresh = { publisher: "unheard", clientId: "tab-9" };
    hub.inject(envelope(1, [wireMessage("still alive")], fresh));
    await turnEnd();
    expect(received.at(-1)?.payload).toBe("still alive");
  });
});
