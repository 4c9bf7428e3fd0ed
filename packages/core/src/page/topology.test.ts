// @vitest-environment happy-dom
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Channel, Copy, Log } from "../fixtures/topology.js";
import { turnEnd } from "../fixtures/turn.js";

let worlds = 0;

/** What happens to a world of several tabs, of several copies each, and a frame of tab 0. */
interface Course {
  /** By tab: which of its copies link the tabs, and which the log. The last always does both. */
  readonly tabs: readonly (readonly { readonly tab: boolean; readonly log: boolean }[])[];
  /** Whether the frame is of the same origin, and so hears the tabs by themselves as well. */
  readonly twoWays: boolean;
  readonly steps: readonly Step[];
}

type Step =
  | {
      readonly type: "publish";
      readonly page: number;
      readonly copy: number;
      readonly pageOnly: boolean;
    }
  | { readonly type: "leave"; readonly page: number }
  | { readonly type: "join"; readonly page: number }
  | { readonly type: "turn" };

const place = { page: fc.nat(9), copy: fc.nat(9) };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("publish" as const),
      ...place,
      pageOnly: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("leave" as const), page: place.page }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("join" as const), page: place.page }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("turn" as const) }) },
);
const course: fc.Arbitrary<Course> = fc.record({
  tabs: fc.array(
    fc.array(fc.record({ tab: fc.boolean(), log: fc.boolean() }), { minLength: 1, maxLength: 3 }),
    { minLength: 1, maxLength: 3 },
  ),
  twoWays: fc.boolean(),
  steps: fc.array(step, { maxLength: 40 }),
});

/** A page, whose last copy stays to the end; the others come and go. */
class Page {
  readonly copies: Copy[] = [];
  readonly name: string;
  readonly #link: (copy: Copy, isLast: boolean) => void;

  constructor(name: string, count: number, link: (copy: Copy, isLast: boolean) => void) {
    this.name = name;
    this.#link = link;
    for (let n = 0; n < count; n += 1) this.join(n === count - 1);
  }

  join(isLast = false): void {
    const copy = new Copy(this.name, `copy-${this.copies.length}`);
    if (isLast) this.copies.push(copy);
    else this.copies.unshift(copy);
    this.#link(copy, isLast);
  }

  /** The one that came first: it made the slot, and its links are the ones in use. */
  leave(): void {
    const alive = this.copies.filter((copy) => copy.alive);
    if (alive.length > 1) alive[0]?.leave();
  }
}

async function run({ tabs, twoWays, steps }: Course): Promise<void> {
  const world = `world-${++worlds}`;
  const [channel, frameChannel, log] = [new Channel(), new Channel(), new Log()];
  const pages = tabs.map((plans, tab) => {
    let index = 0;
    return new Page(`${world}-tab-${tab}`, plans.length, ({ bus }, isLast) => {
      const plan = plans[index++];
      if (isLast || plan?.tab) bus.connect(channel.link("origin:shop"));
      if (isLast || plan?.log) bus.connect(log.link());
      // Every copy of tab 0 reaches the frame: it is one page all the same.
      if (tab === 0) bus.connect(frameChannel.link("peer:frame"));
    });
  });
  pages.push(
    new Page(`${world}-frame`, 2, ({ bus }) => {
      bus.connect(frameChannel.link("peer:tab-0"));
      if (twoWays) bus.connect(channel.link("origin:shop"));
    }),
  );

  /** Who must have received each message, by id. */
  const expected = new Map<string, { readonly audience: Copy[]; readonly leaves: boolean }>();
  for (const each of steps) {
    if (each.type === "turn") await turnEnd();
    else {
      const page = pages[each.page % pages.length] as Page;
      if (each.type === "leave") page.leave();
      else if (each.type === "join") page.join();
      else {
        const alive = page.copies.filter((copy) => copy.alive);
        const { bus } = alive[each.copy % alive.length] as Copy;
        const { id } = bus.publish("x", 0, each.pageOnly ? { scope: "page" } : {});
        const audience = (each.pageOnly ? [page] : pages).flatMap(({ copies }) =>
          copies.filter((copy) => copy.alive),
        );
        expected.set(id, { audience, leaves: !each.pageOnly });
      }
    }
  }
  await turnEnd();
  await turnEnd();

  for (const [id, { audience, leaves }] of expected) {
    for (const copy of audience) {
      if (!copy.alive) continue;
      expect(copy.received.filter((message) => message.id === id)).toHaveLength(1);
    }
    // One row over all tabs, and one post on each channel; two pages that hear each other two ways
    // each pass on what they have not seen to come the other way.
    expect(log.rows.filter((row) => row === id)).toHaveLength(leaves ? 1 : 0);
    const posts = [channel, frameChannel].map(({ sent }) => sent.get(id) ?? 0);
    if (twoWays) expect(Math.max(...posts)).toBeLessThanOrEqual(leaves ? 2 : 0);
    else expect(posts).toEqual(leaves ? [1, 1] : [0, 0]);
  }
  for (const { copies } of pages) {
    const alive = copies.filter((copy) => copy.alive);
    for (const { received } of alive) {
      const ids = received.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
    for (const copy of alive) copy.leave();
  }
}

describe("copies, tabs and a frame", () => {
  it("give each message to each handler once, post it once a channel, and store it once", async () => {
    await fc.assert(fc.asyncProperty(course, run), { numRuns: 200 });
  });
});
