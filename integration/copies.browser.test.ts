import type { DiagnosticEvent } from "@pubsub-mfe/core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundlesBuilt, CopiesPage } from "./copies/page.js";

let page: CopiesPage;

async function open(path?: string): Promise<CopiesPage> {
  page = await CopiesPage.open(path);
  return page;
}

beforeAll(bundlesBuilt, 120_000);

afterEach(() => page.close());

describe("joinPubSub of bundles that were built apart", () => {
  beforeEach(async () => {
    await open("/page.html?script=banner.js");
  });

  it("lists them all, with their versions", async () => {
    const listed = await page.run(async ({ load, openFrame }) => {
      const [cart, checkout, search, frame] = [
        await load("cart.js"),
        await load("checkout.js"),
        await load("search.js"),
        await openFrame(),
      ];
      const again = await load("cart.js?again");
      const framed = await frame.kit.load("cart.js");
      const bus = cart.joinPubSub({ app: "shop", name: "cart" });
      checkout.joinPubSub({ app: "shop", name: "checkout" });
      search.joinPubSub({ app: "shop", name: "search" });
      window.banner.joinPubSub({ app: "shop", name: "banner" });
      again.joinPubSub({ app: "shop", name: "cart again" });
      framed.joinPubSub({ app: "shop", name: "framed" });
      const distinct = new Set(
        [cart, checkout, search, again, framed, window.banner].map((copy) => copy.joinPubSub),
      ).size;
      return { copies: checkout.copies(bus), distinct };
    });

    const protocol = { major: 1, minor: 0 };
    expect(listed.copies).toEqual([
      { name: "cart", version: "1.0.0", protocol },
      { name: "checkout", version: "1.0.0", protocol },
      { name: "search", version: "1.7.0", protocol },
      { name: "banner", version: "1.0.0", protocol },
      { name: "cart again", version: "1.0.0", protocol },
      { name: "framed", version: "1.0.0", protocol },
    ]);
    expect(listed.distinct).toBe(6);
  });

  it("gives each message to each handler of each once, in one order, whoever publishes when", async () => {
    const patterns = {
      "#": /./,
      "ask.#": /^ask\./,
      "ask.+": /^ask\./,
      "+.1": /^\w+\.1 /,
      "ask.1": /^ask\.1 /,
    };
    const { logs, published } = await page.run(async ({ load, openFrame, turnEnd }, patterns) => {
      const frame = await openFrame();
      const buses = [
        await load("cart.js"),
        await load("checkout.js"),
        await load("search.js"),
        window.banner,
        await frame.kit.load("checkout.js"),
      ].map((copy, n) => copy.joinPubSub({ app: "shop", name: `copy ${n}` }));
      const published: string[] = [];
      const logs: { pattern: string; log: string[] }[] = [];
      for (const [n, bus] of buses.entries()) {
        const publish = (topic: string, depth: number): void => {
          published.push(`${topic} ${bus.publish(topic, depth).id}`);
        };
        // Some publish from within, before and after the others have logged.
        if (n % 2 === 0) {
          bus.subscribe(`ask.${n}`, ({ payload }) => {
            if (payload < 3) publish(`ask.${(n + 1) % 5}`, payload + 1);
          });
        }
        for (const pattern of patterns) {
          const log: string[] = [];
          logs.push({ pattern, log });
          bus.subscribe(pattern, ({ id, topic }) => log.push(`${topic} ${id}`));
        }
        if (n % 2 === 1) {
          bus.subscribe("ask.+", ({ topic, payload }) => {
            if (payload < 2 && topic !== `ask.${n}`) publish(`tell.${n}`, payload);
          });
          bus.subscribe(`ask.${n}`, ({ payload }) => publish(`ask.${(n + 1) % 5}`, payload + 1));
        }
      }
      for (let round = 0; round < 10; round += 1) {
        for (const [n, bus] of buses.entries()) {
          const topic = `ask.${(n + round) % 5}`;
          published.push(`${topic} ${bus.publish(topic, 0).id}`);
          if (n === round % 5) await null;
        }
      }
      const isBehind = ({ pattern, log }: { pattern: string; log: string[] }): boolean =>
        pattern === "#" && log.length < published.length;
      while (logs.some(isBehind)) await turnEnd();
      await turnEnd();
      return { logs, published };
    }, Object.keys(patterns));

    expect(published.length).toBeGreaterThan(100);
    expect(logs).toHaveLength(25);
    for (const { pattern, log } of logs) {
      const wanted = patterns[pattern as keyof typeof patterns];
      expect(log).toEqual(published.filter((line) => wanted.test(line)));
    }
  });

  it("lets one join late, in the midst of a turn, and gives it what is retained", async () => {
    const received = await page.run(async ({ load, turnEnd }) => {
      const received: string[] = [];
      const cart = (await load("cart.js")).joinPubSub({
        app: "shop",
        name: "cart",
        retention: { maxMessages: 10 },
      });
      const { joinPubSub } = await load("search.js");
      cart.subscribe("x", ({ payload }) => {
        received.push(`cart ${payload}`);
        if (payload !== 1) return;
        const late = joinPubSub({ app: "shop", name: "late" });
        late.subscribe("x", ({ payload }) => received.push(`late ${payload}`));
        late.subscribe("x", ({ payload }) => received.push(`replay ${payload}`), { replay: 10 });
        late.publish("x", 3);
      });
      cart.publish("x", 1);
      cart.publish("x", 2);
      await turnEnd();
      return received;
    });

    expect(received.filter((line) => line.startsWith("cart"))).toEqual([
      "cart 1",
      "cart 2",
      "cart 3",
    ]);
    expect(received.filter((line) => line.startsWith("late"))).toEqual(["late 3"]);
    expect(received.filter((line) => line.startsWith("replay"))).toEqual([
      "replay 1",
      "replay 2",
      "replay 3",
    ]);
  });

  it("goes on when one leaves in the midst of a turn, the one that made the slot", async () => {
    const result = await page.run(async ({ load, turnEnd }) => {
      const received: string[] = [];
      const first = (await load("cart.js")).joinPubSub({ app: "shop", name: "first" });
      const { joinPubSub, copies } = await load("checkout.js");
      const other = joinPubSub({ app: "shop", name: "other" });
      first.subscribe("x", ({ payload }) => received.push(`first ${payload}`));
      first.subscribe("x", () => {
        first.dispose();
        other.publish("x", 3);
      });
      first.subscribe("x", () => received.push("first, after it left"));
      other.subscribe("x", ({ payload }) => received.push(`other ${payload}`));
      other.publish("x", 1);
      first.publish("x", 2);
      await turnEnd();
      const late = window.banner.joinPubSub({ app: "shop", name: "late" });
      late.publish("x", 4);
      await turnEnd();
      return { received, names: copies(late).map(({ name }) => name) };
    });

    expect(result.received.filter((line) => line.startsWith("first"))).toEqual(["first 1"]);
    expect(result.received.filter((line) => line.startsWith("other"))).toEqual([
      "other 1",
      "other 2",
      "other 3",
      "other 4",
    ]);
    expect(result.names).toEqual(["other", "late"]);
  });

  it("calls no handler of a frame that was removed in the midst of a turn", async () => {
    const result = await page.run(async ({ load, openFrame, turnEnd }) => {
      const received: string[] = [];
      const told: string[] = [];
      const cart = (await load("cart.js")).joinPubSub({
        app: "shop",
        name: "cart",
        onDiagnostic: (event) => {
          if (event.type === "copy") told.push(`${event.name} ${event.state}`);
        },
      });
      const { joinPubSub, copies } = await load("checkout.js");
      const other = joinPubSub({ app: "shop", name: "other" });
      const frame = await openFrame();
      const framed = (await frame.kit.load("search.js")).joinPubSub({
        app: "shop",
        name: "framed",
      });
      cart.subscribe("x", ({ payload }) => {
        received.push(`cart ${payload}`);
        if (payload === 2) frame.element.remove();
      });
      framed.subscribe("x", ({ payload }) => received.push(`framed ${payload}`));
      other.subscribe("x", ({ payload }) => received.push(`other ${payload}`));
      cart.publish("x", 1);
      await turnEnd();
      // Who publishes comes last: the handlers of the frame are still queued when it goes.
      framed.publish("x", 2);
      other.publish("x", 3);
      await turnEnd();
      cart.publish("x", 4);
      await turnEnd();
      return { received, told, names: copies(other).map(({ name }) => name) };
    });

    const of = (name: string): string[] => result.received.filter((line) => line.startsWith(name));
    expect(of("framed")).toEqual(["framed 1"]);
    expect(of("cart")).toEqual(["cart 1", "cart 2", "cart 3", "cart 4"]);
    expect(of("other")).toEqual(["other 1", "other 2", "other 3", "other 4"]);
    expect(result.names).toEqual(["cart", "other"]);
    expect(result.told).toEqual(["other joined", "framed joined", "framed left"]);
  });

  it.each([
    { first: "future.js", late: "cart.js", own: "1.0", others: "2.0" },
    { first: "cart.js", late: "future.js", own: "2.0", others: "1.0" },
  ])("refuses another major of the protocol: $late after $first", async (given) => {
    const result = await page.run(async ({ load, turnEnd }, { first, late }) => {
      const [one, other] = [await load(first), await load(late)];
      const told: unknown[] = [];
      const received: unknown[] = [];
      const onDiagnostic = (event: DiagnosticEvent): void => {
        if (event.type === "copy") told.push([event.name, event.state, event.reason]);
      };
      const bus = one.joinPubSub({ app: "shop", name: "first", onDiagnostic });
      bus.subscribe("x", ({ payload }) => received.push(payload));
      let thrown: unknown;
      try {
        other.joinPubSub({ app: "shop", name: "late" });
      } catch (error) {
        const { code, message } = error as { code: string; message: string };
        thrown = { code, message };
      }
      bus.publish("x", 1);
      await turnEnd();
      return { thrown, told, received, names: one.copies(bus).map(({ name }) => name) };
    }, given);

    const message = `"late" speaks protocol ${given.own}, and the copies of @pubsub-mfe/core on this page speak ${given.others}. Build it with a version of the same major.`;
    expect(result.thrown).toEqual({ code: "INCOMPATIBLE_COPY", message });
    expect(result.told).toEqual([["late", "refused", message]]);
    expect(result.received).toEqual([1]);
    expect(result.names).toEqual(["first"]);
  });

  it("runs under a policy that is in force", async () => {
    const violations = await page.violationsOf(() => {
      try {
        new Function("")();
      } catch {}
    });

    expect(violations.join()).toMatch(/script-src|require-trusted-types-for/);
  });
});
