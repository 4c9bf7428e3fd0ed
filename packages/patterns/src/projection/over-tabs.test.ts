import { describe, expect, it } from "vitest";
import { createProjection, type EventStore, type Projection } from "../cqrs.js";
import { MemoryOrigin, numbered, settled } from "../testing/event-stores.js";

/** Counts events by stream, and tells who did. */
function countsOf(store: EventStore, who: string, log: string[]): Projection<number> {
  return createProjection<number>(store, {
    name: "counts",
    key: ({ stream }) => stream,
    on: {
      counted(count = 0) {
        log.push(who);
        return count + 1;
      },
    },
  });
}

describe("a projection in several tabs", () => {
  it("is built by one of them; the others see its rows, and hear of them", async () => {
    const origin = new MemoryOrigin();
    const log: string[] = [];
    const tabs = ["a", "b", "c"].map((who) => {
      const tab = origin.tab();
      return { ...tab, counts: countsOf(tab.store, who, log) };
    });
    await settled();
    const heard: unknown[] = [];
    tabs[2]?.counts.onChange(({ position, state }) => heard.push([position, state]));

    const { position } = await (tabs[1] as (typeof tabs)[1]).store.append("s", numbered(1, 3));
    await origin.advance(500);

    expect(log).toEqual(["a", "a", "a"]);
    for (const { counts } of tabs) {
      expect(await counts.get("s")).toBe(3);
      await counts.waitFor(position, { timeout: 0 });
    }
    expect(heard).toContainEqual([position, "live"]);
    expect(tabs[2]?.counts.status).toMatchObject({ state: "live", position });
  });

  it("whose builder dies is built by another one at once", async () => {
    const origin = new MemoryOrigin();
    const log: string[] = [];
    const [a, b] = [origin.tab(), origin.tab()];
    countsOf(a.store, "a", log);
    const counts = countsOf(b.store, "b", log);
    await settled();

    a.crash();
    const { position } = await b.store.append("s", numbered(1, 1));
    await counts.waitFor(position);

    expect(log).toEqual(["b"]);
  });

  it("whose builder dies in the middle of a batch counts nothing twice", async () => {
    const origin = new MemoryOrigin();
    const [a, b] = [origin.tab(), origin.tab()];
    let died = false;
    createProjection<number>(a.store, {
      name: "counts",
      key: ({ stream }) => stream,
      on: {
        counted(count = 0, { payload }) {
          if (payload === 2 && !died) {
            died = true;
            a.crash();
          }
          return count + 1;
        },
      },
    });
    await settled();
    const counts = countsOf(b.store, "b", []);

    const { position } = await b.store.append("s", numbered(1, 3));
    await counts.waitFor(position);

    expect(died).toBe(true);
    expect(await counts.get("s")).toBe(3);
  });

  it("whose builder is frozen and did not let go is built by who waits", async () => {
    const origin = new MemoryOrigin();
    const log: string[] = [];
    const [a, b] = [origin.tab(), origin.tab()];
    countsOf(a.store, "a", log);
    const counts = countsOf(b.store, "b", log);
    await settled();
    // It holds its lock, and nothing of it runs.
    a.streams.close();

    const { position } = await b.store.append("s", numbered(1, 1));
    const reached = counts.waitFor(position);
    await origin.advance(2_000);
    await reached;

    expect(log).toEqual(["b"]);
    expect(await counts.get("s")).toBe(1);
  });

  it("without locks is built by all of them, and each event counts once", async () => {
    const origin = new MemoryOrigin();
    const tabs = ["a", "b", "c"].map((who) => {
      const tab = origin.tab({ locks: false });
      return { ...tab, counts: countsOf(tab.store, who, []) };
    });

    await Promise.all(tabs.map(({ store }) => store.append("s", numbered(1, 20))));
    const head = await (tabs[0] as (typeof tabs)[0]).store.head();
    await Promise.all(tabs.map(({ counts }) => counts.waitFor(head)));

    expect(await tabs[0]?.counts.get("s")).toBe(60);
  });

  it("tells of an event that is skipped once, whoever builds", async () => {
    const origin = new MemoryOrigin();
    const tabs = [1, 2, 3].map(() => {
      const tab = origin.tab({ locks: false });
      const rows = createProjection<number>(tab.store, {
        name: "rows",
        key: ({ stream }) => stream,
        on: {
          counted(_, { payload }) {
            if (payload < 3) throw new Error("no");
            return payload;
          },
        },
        onPoison: "skip",
      });
      return { ...tab, rows };
    });
    await settled();

    const { position } = await (tabs[0] as (typeof tabs)[0]).store.append("s", numbered(1, 3));
    await Promise.all(tabs.map(({ rows }) => rows.waitFor(position)));
    await settled();

    expect(tabs.flatMap(({ codes }) => codes())).toEqual(["EVENT_SKIPPED", "EVENT_SKIPPED"]);
    expect(await tabs[0]?.rows.get("s")).toBe(3);
  });

  it("of another store of the origin has a builder of its own", async () => {
    const [here, there] = [new MemoryOrigin(), new MemoryOrigin()];
    const a = here.tab();
    const log: string[] = [];
    const b = there.tab({ locks: here.locks.tab() });
    const [inA, inB] = [countsOf(a.store, "a", log), countsOf(b.store, "b", log)];

    await inA.waitFor((await a.store.append("s", numbered(1, 1))).position);
    await inB.waitFor((await b.store.append("s", numbered(1, 1))).position);

    expect(log).toEqual(["a", "b"]);
  });
});
