import { describe, expect, it } from "vitest";
import type { NewEvent } from "../../../links/event-streams.js";
import {
  collect,
  numbered,
  ODD_NAMES,
  type OpenStreamsWorld,
  openTabs,
  payloads,
} from "./world.js";

export function appendingContract(openWorld: OpenStreamsWorld): void {
  describe("append", () => {
    it("stores events, for every tab once it has settled", async () => {
      const { a, b, clock } = await openTabs(openWorld);

      const result = await a.append("cart-1", [
        { type: "cart.opened", payload: { by: "Ada" } },
        { type: "cart.item.added", payload: { sku: "A-1" }, meta: { source: "catalog" } },
      ]);

      const [opened, added] = await collect(b.read("cart-1"));
      expect(opened).toEqual({
        id: expect.stringMatching(
          /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
        ),
        stream: "cart-1",
        version: 1,
        position: expect.any(String),
        time: clock.now(),
        type: "cart.opened",
        payload: { by: "Ada" },
      });
      expect(added).toMatchObject({
        version: 2,
        type: "cart.item.added",
        payload: { sku: "A-1" },
        meta: { source: "catalog" },
      });
      expect(result).toEqual({ version: 2, position: added?.position, repeated: false });
    });

    it("counts versions on, over appends and tabs, for each stream", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("one", numbered(1, 2));
      await b.append("one", numbered(3, 3));
      await b.append("two", numbered(4, 4));
      await a.append("one", numbered(5, 6));

      const versions = (await collect(a.read("one"))).map(({ version }) => version);
      expect(versions).toEqual([1, 2, 3, 4, 5]);
      expect(await collect(a.read("two"))).toMatchObject([{ version: 1, payload: 4 }]);
    });

    it.each([
      ["none", 0],
      [0, 0],
      [2, 2],
      ["any", 0],
      ["any", 2],
    ] as const)("lets an append pass that expects %s of a stream at %s", async (expected, at) => {
      const { a } = await openTabs(openWorld);
      await a.append("cart", numbered(1, at));

      const result = await a.append("cart", numbered(at + 1, at + 1), {
        expectedVersion: expected,
      });

      expect(result.version).toBe(at + 1);
    });

    it.each([
      ["none", 2],
      [0, 2],
      [1, 2],
      [3, 2],
      [1, 0],
    ] as const)("refuses an append that expects %s of a stream at %s", async (expected, at) => {
      const { a, b } = await openTabs(openWorld);
      await a.append("cart", numbered(1, at));

      const refused = b.append("cart", numbered(9, 9), { expectedVersion: expected });

      await expect(refused).rejects.toMatchObject({
        name: "ConcurrencyError",
        code: "CONCURRENCY",
        stream: "cart",
        expectedVersion: expected,
        actualVersion: at,
        message: expect.stringContaining(`"cart" is at version ${at}`),
      });
      expect(await payloads(a.read("cart"))).toEqual(Array.from({ length: at }, (_, n) => n + 1));
    });

    it("says what was expected, a version or that there is no stream", async () => {
      const { a } = await openTabs(openWorld);
      await a.append("cart", numbered(1, 2));
      const messageOf = (expectedVersion: number | "none") =>
        a.append("cart", numbered(9, 9), { expectedVersion }).catch(String);

      expect(await messageOf("none")).toContain(
        "is at version 2, and the append expected that the stream does not exist.",
      );
      expect(await messageOf(1)).toContain("is at version 2, and the append expected version 1.");
    });

    it.each(["none", 0, 3] as const)(
      "lets exactly one of two tabs win that append at %s",
      async (expectedVersion) => {
        const { a, b } = await openTabs(openWorld);
        const before = expectedVersion === "none" ? 0 : expectedVersion;
        await a.append("cart", numbered(1, before));

        const outcomes = await Promise.allSettled(
          [a, b, a, b].map((tab, n) =>
            tab.append("cart", [{ type: "x", payload: `try ${n}` }], { expectedVersion }),
          ),
        );

        const won = outcomes.findIndex(({ status }) => status === "fulfilled");
        const lost = outcomes.filter(({ status }) => status === "rejected");
        expect(lost).toHaveLength(3);
        for (const outcome of lost) {
          expect(outcome).toMatchObject({
            reason: {
              code: "CONCURRENCY",
              stream: "cart",
              expectedVersion,
              actualVersion: before + 1,
            },
          });
        }
        const stored = await payloads(b.read("cart", { fromVersion: before + 1 }));
        expect(stored).toEqual([`try ${won}`]);
      },
    );

    it("gives appends at the same time from four tabs one version after the other", async () => {
      const world = await openWorld();
      const tabs = await Promise.all([1, 2, 3, 4].map(() => world.openTab()));

      const results = await Promise.all(
        [0, 1, 2, 3, 4, 5, 6, 7].map((n) => tabs[n % 4]?.streams.append("s", numbered(n, n))),
      );

      const order = results.map((result, n) => ({ n, ...result }));
      order.sort((x, y) => (x.version ?? 0) - (y.version ?? 0));
      expect(order.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      for (const { streams } of tabs) {
        expect(await payloads(streams.read("s"))).toEqual(order.map(({ n }) => n));
      }
      const positions = order.map(({ position }) => position);
      expect(positions).toEqual([...positions].sort());
      expect(new Set(positions).size).toBe(8);
    });

    it("keeps the order of calls that are not waited for", async () => {
      const { a } = await openTabs(openWorld);

      const appends = Array.from({ length: 20 }, (_, n) =>
        a.append("s", numbered(2 * n, 2 * n + 1)),
      );
      await Promise.all(appends);

      expect(await payloads(a.read("s"))).toEqual(Array.from({ length: 40 }, (_, n) => n));
    });

    it("stores what the events were at the call, and gives every reader its own", async () => {
      const { a, b } = await openTabs(openWorld);
      const meta = { tags: ["new"] };
      const items = [{ sku: "A-1" }];
      const events = [{ type: "x", payload: { items }, meta }];

      const appended = a.append("s", events);
      items.push({ sku: "too late" });
      meta.tags.push("too late");
      events.push({ type: "y", payload: { items }, meta });
      await appended;
      for await (const event of a.read("s")) event.payload.items.length = 0;
      for await (const event of a.readAll()) event.payload.items.length = 0;

      for (const tab of [a, b]) {
        expect(await collect(tab.read("s"))).toMatchObject([
          { payload: { items: [{ sku: "A-1" }] }, meta: { tags: ["new"] } },
        ]);
      }
    });

    it("keeps what the structured clone algorithm keeps", async () => {
      const { a, b } = await openTabs(openWorld);
      const cyclic: Record<string, unknown> = { name: "cyclic" };
      cyclic.self = cyclic;
      const values = [
        undefined,
        null,
        0,
        "",
        Number.NaN,
        10n,
        new Date(5),
        new Map([["k", new Set([1])]]),
        new Uint8Array([1, 2]),
        JSON.parse('{"__proto__":{"polluted":true}}'),
        cyclic,
      ];

      await a.append(
        "s",
        values.map((payload) => ({ type: "x", payload })),
      );

      const stored = await payloads(b.read("s"));
      expect(stored).toEqual(values);
      expect(Object.hasOwn(stored[9] as object, "__proto__")).toBe(true);
      expect((stored[9] as { polluted?: boolean }).polluted).toBeUndefined();
    });

    it.each<[string, NewEvent, string]>([
      [
        "a function in a payload",
        { type: "cart.fine", payload: { on: { click() {} } } },
        "payload.on.click",
      ],
      ["a symbol as the payload", { type: "cart.fine", payload: Symbol("s") }, "payload"],
      ["a function in the meta", { type: "cart.fine", payload: 1, meta: { fn() {} } }, "meta.fn"],
    ])("stores nothing of a batch with %s", async (_, bad, path) => {
      const { a } = await openTabs(openWorld);
      const batch = [...numbered(1, 1), bad, ...numbered(3, 3)];

      const refused = a.append("s", batch, { fence: { name: "f", epoch: 9 }, commandId: "c" });

      await expect(refused).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringMatching(
          new RegExp(`"cart\\.fine".* ${path.replaceAll(".", "\\.")} `),
        ),
      });
      expect(await collect(a.read("s"))).toEqual([]);
      const fence = { name: "f", epoch: 1 };
      expect(await a.append("s", numbered(1, 1), { fence, commandId: "c" })).toMatchObject({
        version: 1,
        repeated: false,
      });
    });

    it.each(["", "cart.+", "a..b", "ünder", 7])("refuses the type %j", async (type) => {
      const { a } = await openTabs(openWorld);

      const refused = a.append("s", [...numbered(1, 1), { type: type as string, payload: 1 }]);

      await expect(refused).rejects.toMatchObject({ code: "INVALID_TOPIC", topic: type });
      expect(await collect(a.read("s"))).toEqual([]);
    });

    it.each([
      ["a stream without a name", "", {}, 'stream is ""'],
      ["a stream that is no string", 7, {}, "stream is 7"],
      ["a negative version", "s", { expectedVersion: -1 }, "expectedVersion is -1"],
      ["half a version", "s", { expectedVersion: 0.5 }, "expectedVersion is 0.5"],
      [
        "a version that is no number",
        "s",
        { expectedVersion: "some" },
        'expectedVersion is "some"',
      ],
      ["options that are a number", "s", 1, "The options are 1: they must be an object."],
      ["options that are null", "s", null, "The options are null"],
      ["an empty command", "s", { commandId: "" }, 'commandId is ""'],
      ["a fence without a name", "s", { fence: { name: "", epoch: 1 } }, 'fence is ""'],
      ["no epoch", "s", { fence: { name: "f", epoch: Number.NaN } }, '"f" is NaN'],
    ])("refuses %s", async (_, stream, options, sentence) => {
      const { a } = await openTabs(openWorld);

      const refused = a.append(stream as string, numbered(1, 1), options as object);

      await expect(refused).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining(sentence),
      });
      expect(await collect(a.readAll())).toEqual([]);
    });

    it.each([null, 5, "cart.created"])("refuses the event %j", async (event) => {
      const { a } = await openTabs(openWorld);

      const refused = a.append("s", [...numbered(1, 1), event as never]);

      await expect(refused).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
      expect(await collect(a.readAll())).toEqual([]);
    });

    it("takes no step back in time along a stream, whatever the clock does", async () => {
      const { a, b, clock } = await openTabs(openWorld);
      const start = clock.wallMs;
      await a.append("s", numbered(1, 1));
      clock.wallMs = start - 60_000;
      await b.append("s", numbered(2, 3));
      await b.append("other", numbered(1, 1));
      clock.wallMs = start + 10;
      await a.append("s", numbered(4, 4));

      const times = (await collect(a.read("s"))).map(({ time }) => time);
      expect(times).toEqual([start, start, start, start + 10]);
      expect(await collect(a.read("other"))).toMatchObject([{ time: start - 60_000 }]);
    });

    it("tells where the stream is when there is nothing to append", async () => {
      const { a } = await openTabs(openWorld);
      expect(await a.append("s", [])).toEqual({ version: 0, position: undefined, repeated: false });
      const { position } = await a.append("s", numbered(1, 3));

      expect(await a.append("s", [])).toEqual({ version: 3, position, repeated: false });
      const refused = a.append("s", [], { expectedVersion: 2 });
      await expect(refused).rejects.toMatchObject({ code: "CONCURRENCY", actualVersion: 3 });
    });

    it("keeps streams apart, whatever they are called", async () => {
      const { a, b } = await openTabs(openWorld);

      for (const name of ODD_NAMES) {
        const payload = `in ${name}`;
        const options = { expectedVersion: "none", commandId: "__proto__" } as const;
        expect(await a.append(name, [{ type: "x", payload }], options)).toMatchObject({
          version: 1,
        });
      }

      for (const name of ODD_NAMES) {
        const events = await collect(b.read(name));
        expect(events).toMatchObject([{ stream: name, version: 1, payload: `in ${name}` }]);
      }
      expect((await collect(b.readAll())).map(({ stream }) => stream)).toEqual(ODD_NAMES);
    });

    it("gives every event an id of its own", async () => {
      const { a, b } = await openTabs(openWorld);
      await Promise.all([a, b, a, b].map((tab, n) => tab.append(`s${n % 3}`, numbered(1, 50))));

      const ids = (await collect(a.readAll())).map(({ id }) => id);

      expect(new Set(ids).size).toBe(200);
    });
  });
}
