import type { PubSubBus } from "@pubsub-mfe/core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundlesBuilt, CopiesPage, origin, otherOrigin } from "./copies/page.js";

let page: CopiesPage;

async function open(path?: string): Promise<CopiesPage> {
  page = await CopiesPage.open(path);
  return page;
}

beforeAll(bundlesBuilt, 120_000);

afterEach(() => page.close());

describe("what lies where the copies meet", () => {
  beforeEach(async () => {
    await open("/page.html?script=banner.js");
  });

  it.each([
    "throws at every touch",
    "lies about its protocol",
    "has no pages",
    "has pages that throw",
    "has a state that is none",
  ])("is ignored, and told, when it %s", async (kind) => {
    const result = await page.run(async ({ load, turnEnd }, kind) => {
      const hostile = (): never => {
        throw new Error("hostile");
      };
      const throwing = new Proxy({}, { get: hostile, has: hostile, ownKeys: hostile });
      const protocol = { major: 1, minor: 0 };
      const slots: Record<string, unknown> = {
        "throws at every touch": throwing,
        "lies about its protocol": { protocol: { major: "1", minor: 0 }, pages: {} },
        "has no pages": { protocol, pages: null },
        "has pages that throw": { protocol, pages: throwing },
        "has a state that is none": { protocol, pages: { shop: { ports: 1, candidates: "" } } },
      };
      Object.defineProperty(document, Symbol.for("@pubsub-mfe/page"), { value: slots[kind] });
      const told: string[] = [];
      const received: string[] = [];
      for (const file of ["cart.js", "search.js"]) {
        const bus = (await load(file)).joinPubSub({
          app: "shop",
          name: file,
          onDiagnostic: (event) => {
            if (event.type === "copy") told.push(`${event.state} ${event.reason}`);
          },
        });
        bus.subscribe("x", ({ payload }) => received.push(payload));
        bus.publish("x", file);
      }
      await turnEnd();
      return { told, received };
    }, kind);

    expect(result.received).toEqual(["cart.js", "search.js"]);
    expect(result.told).toEqual([
      expect.stringMatching(/^refused cart.js goes on alone: /),
      expect.stringMatching(/^refused search.js goes on alone: /),
    ]);
  });
});

describe("joinPubSub of bundles in a worker", () => {
  it("is one bus there, and not that of the page", async () => {
    await open("/lax.html");
    await page.run(async ({ load }) => {
      const bus = (await load("cart.js")).joinPubSub({ app: "shop", name: "page" });
      const received: unknown[] = [];
      bus.subscribe("#", ({ payload }) => received.push(payload));
      Object.assign(window, { bus, received });
    });

    const inWorker = await page.runInWorker(async ({ load, turnEnd }) => {
      const [cart, checkout] = [await load("cart.js"), await load("checkout.js")];
      const buses = [cart, checkout].map((copy, n) =>
        copy.joinPubSub({ app: "shop", name: `worker ${n}` }),
      );
      const logs = buses.map((bus) => {
        const log: unknown[] = [];
        bus.subscribe("#", ({ payload }) => log.push(payload));
        return log;
      });
      for (let n = 0; n < 6; n += 1) buses[n % 2]?.publish("x", n);
      await turnEnd();
      return { logs, names: cart.copies(buses[1] as PubSubBus).map(({ name }) => name) };
    });
    const onPage = await page.run(async ({ load }) => {
      const { bus, received } = window as unknown as { bus: PubSubBus; received: unknown[] };
      return { received, names: (await load("cart.js")).copies(bus).map(({ name }) => name) };
    });

    const all = [0, 1, 2, 3, 4, 5];
    expect(inWorker).toEqual({ logs: [all, all], names: ["worker 0", "worker 1"] });
    expect(onPage).toEqual({ received: [], names: ["page"] });
  });
});

describe("joinPubSub of frames that are not simply below each other", () => {
  it("meets above a frame of another origin", async () => {
    const inner = `${otherOrigin}/page.html?embed=${encodeURIComponent(`${origin}/page.html`)}`;
    await open(`/page.html?embed=${encodeURIComponent(inner)}`);

    const names = await page.run(async ({ load }) => {
      const { joinPubSub } = await load("cart.js");
      joinPubSub({ app: "shop", name: "top" });
      const { kit } = (window[0] as Window)[0] as Window;
      const framed = await kit.load("checkout.js");
      const bus = framed.joinPubSub({ app: "shop", name: "framed" });
      return framed.copies(bus).map(({ name }) => name);
    });

    expect(names).toEqual(["top", "framed"]);
  });

  it.each(["page", "frame"])(
    "merges two slots that could not see each other, once a copy of the %s joins",
    async (place) => {
      await open("/lax.html?script=banner.js");

      const result = await page.run(async ({ load, openFrame, turnEnd }, place) => {
        const frame = await openFrame("/lax.html");
        const framed = await frame.kit.load("search.js");
        const { joinPubSub, copies } = await load("cart.js");
        const told: string[] = [];
        const logs: Record<string, unknown[]> = {};
        const listening = (bus: PubSubBus, name: string, options = {}): PubSubBus => {
          const log: unknown[] = [];
          logs[name] = log;
          bus.subscribe("#", ({ payload }) => log.push(payload), options);
          return bus;
        };

        const hidden = frame.window.document;
        hidden.domain = location.hostname;
        const below = listening(framed.joinPubSub({ app: "shop", name: "below" }), "below");
        const top = listening(
          joinPubSub({
            app: "shop",
            name: "top",
            retention: { maxMessages: 9 },
            onDiagnostic: (event) => {
              if (event.type === "copy") told.push(`${event.name} ${event.state}`);
            },
          }),
          "top",
        );
        top.publish("x", "on top");
        below.publish("x", "below");
        await turnEnd();
        const apart = copies(top).length;
        document.domain = location.hostname;
        const late = listening(
          (place === "page" ? window.banner : framed).joinPubSub({ app: "shop", name: "late" }),
          "late",
          { replay: 9 },
        );
        for (const [n, bus] of [below, top, late, below].entries()) bus.publish("x", n);
        await turnEnd();
        return { apart, told, logs, names: copies(below).map(({ name }) => name) };
      }, place);

      expect(result.apart).toBe(1);
      expect(result.names).toEqual(["top", "below", "late"]);
      expect(result.told).toEqual(["below joined", "late joined"]);
      expect(result.logs).toEqual({
        top: ["on top", 0, 1, 2, 3],
        below: ["below", 0, 1, 2, 3],
        late: ["on top", 0, 1, 2, 3],
      });
    },
  );
});
