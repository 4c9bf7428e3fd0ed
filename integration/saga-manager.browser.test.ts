import { createPubSub, type EventStreams, type StoredEvent } from "@pubsub-mfe/core";
import { createHistoryAdapter } from "@pubsub-mfe/history";
import {
  createSagaManager,
  defineSaga,
  type PatternWarning,
  type SagaDefinition,
  type SagaManager,
} from "@pubsub-mfe/patterns/saga";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

/** Under another name, as bundlers take `new URL(path, import.meta.url)` for an asset. */
const HERE = import.meta.url;
/** Of the database, and of the saga: locks are those of the whole origin. */
let name: string;
/** What the server was asked, by key. */
let requests: Map<string, number>;

beforeEach(() => {
  name = `saga-${crypto.randomUUID()}`;
  requests = new Map();
});

/** What a page of its own is made of: plain buses are not joined, and know nothing of each other. */
interface Parts {
  readonly createPubSub: typeof createPubSub;
  readonly createHistoryAdapter: typeof createHistoryAdapter;
  readonly createSagaManager: typeof createSagaManager;
}

interface Tab {
  readonly sagas: SagaManager;
  readonly streams: EventStreams;
  readonly warnings: PatternWarning[];
}

type OnMoment = (moment: string) => unknown;

async function openTab(
  parts: Parts = { createPubSub, createHistoryAdapter, createSagaManager },
  onMoment: OnMoment = () => {},
): Promise<Tab> {
  const bus = parts.createPubSub();
  const history = parts.createHistoryAdapter({ dbName: name });
  await history.attach(bus);
  const warnings: PatternWarning[] = [];
  const append: EventStreams["append"] = async (...args) => {
    const type = args[1][0]?.type ?? "fence";
    await onMoment(`before ${type}`);
    const result = await history.streams.append(...args);
    await onMoment(`after ${type}`);
    return result;
  };
  const streams = new Proxy(history.streams, {
    get: (own, key: keyof EventStreams) => (key === "append" ? append : own[key].bind(own)),
  });
  const sagas = parts.createSagaManager({
    streams,
    bus,
    onDiagnostic: (warning) => warnings.push(warning),
  });
  onTestFinished(async () => {
    // A frame that was removed ended all of it.
    if (parts.createPubSub !== createPubSub) return;
    sagas.dispose();
    bus.dispose();
    await history.detach();
  });
  return { sagas, streams, warnings };
}

/** A frame with packages of its own, which ends without a word when it is removed. */
async function openFrame(): Promise<{ frame: HTMLIFrameElement; parts: Parts }> {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  onTestFinished(() => frame.remove());
  const load = (frame.contentWindow as typeof globalThis & Window).Function(
    "url",
    "return import(url)",
  );
  const modules = await Promise.all(
    ["core/src/index.ts", "history/src/index.ts", "patterns/src/saga.ts"].map((path) =>
      load(new URL(`../packages/${path}`, HERE).href),
    ),
  );
  return { frame, parts: Object.assign({}, ...modules) };
}

const never = (): Promise<never> => new Promise(() => {});

/** @param failing - the step that fails, before it has done anything */
function checkout(onMoment: OnMoment = () => {}, failing?: string): SagaDefinition {
  const request = async (key: string): Promise<void> => {
    await onMoment(`before ${key}`);
    requests.set(key, (requests.get(key) ?? 0) + 1);
    await onMoment(`after ${key}`);
  };
  return defineSaga(name, {
    version: 1,
    steps: ["stock", "pay", "mail"].map((step) => ({
      name: step,
      action: async ({ idempotencyKey }) => {
        if (step === failing) throw new Error(`no ${step}`);
        await request(idempotencyKey);
        return step;
      },
      compensation: ({ idempotencyKey }) => request(idempotencyKey),
    })),
  });
}

async function journal({ streams }: Tab): Promise<string[]> {
  const events: StoredEvent[] = [];
  for await (const event of streams.readAll({ types: "saga.journal.#" })) events.push(event);
  return events.map(({ type }) => type.replace("saga.journal.", ""));
}

const keyOf = (step: string): string => `${name}/cart-7/${step}`;
const results = { stock: "stock", pay: "pay", mail: "mail" };

it("of three tabs that start the checkout one runs it, and all have its outcome", async () => {
  const tabs = [await openTab(), await openTab(), await openTab()];
  for (const { sagas } of tabs) sagas.register(checkout());

  const handles = await Promise.all(
    tabs.map(({ sagas }) => sagas.start(name, { total: 5 }, { id: "cart-7" })),
  );

  for (const { done } of handles) {
    expect(await done).toEqual({ success: true, id: "cart-7", results });
  }
  expect([...requests]).toEqual(["stock", "pay", "mail"].map((step) => [keyOf(step), 1]));
  expect(handles.filter(({ isJoined }) => isJoined)).toHaveLength(2);
  expect(await tabs[1]?.sagas.list({ status: "completed" })).toMatchObject([{ id: "cart-7" }]);
  expect(tabs.flatMap(({ warnings }) => warnings)).toEqual([]);
});

it("the frame that runs a step is removed: another tab goes on within a second, with the same key", async () => {
  const { frame, parts } = await openFrame();
  const lost = await openTab(parts);
  let isPaying = (): void => {};
  const paying = new Promise<void>((resolve) => {
    isPaying = resolve;
  });
  const hang: OnMoment = (moment) => {
    if (moment !== `after ${keyOf("pay")}`) return undefined;
    isPaying();
    return never();
  };
  lost.sagas.register(checkout(hang));
  await lost.sagas.start(name, 1, { id: "cart-7" });
  await paying;
  const tab = await openTab();
  tab.sagas.register(checkout());
  const { done } = await tab.sagas.start(name, 1, { id: "cart-7" });
  expect((await tab.sagas.get("cart-7"))?.status).toBe("running");

  const lostAt = performance.now();
  frame.remove();

  expect(await done).toMatchObject({ success: true, results });
  expect(performance.now() - lostAt).toBeLessThan(1_000);
  expect(requests.get(keyOf("pay"))).toBe(2);
  expect([...requests.keys()]).toEqual(["stock", "pay", "mail"].map(keyOf));
});

it("cancels what another tab runs", async () => {
  const [runs, other] = [await openTab(), await openTab()];
  let isPaying = (): void => {};
  const paying = new Promise<void>((resolve) => {
    isPaying = resolve;
  });
  const hang: OnMoment = (moment) => {
    if (moment !== `before ${keyOf("pay")}`) return undefined;
    isPaying();
    return never();
  };
  runs.sagas.register(checkout(hang));
  const { done } = await other.sagas.start(checkout(), 1, { id: "cart-7" });
  await paying;

  await other.sagas.cancel("cart-7");

  expect(await done).toMatchObject({ success: false, compensated: ["stock"] });
  expect((await other.sagas.get("cart-7"))?.failure?.code).toBe("SAGA_CANCELLED");
});

it("tells of what no tab has registered", async () => {
  const tab = await openTab();
  await tab.sagas.start(checkout(), 1, { id: "cart-7" });

  await expect.poll(() => tab.warnings, { timeout: 10_000 }).toHaveLength(1);

  expect(tab.warnings[0]).toMatchObject({ code: "SAGA_VERSION_MISSING" });
  expect((await tab.sagas.get("cart-7"))?.status).toBe("waiting");
  tab.sagas.register(checkout());
  await expect.poll(async () => (await tab.sagas.get("cart-7"))?.status).toBe("completed");
});

it("leaves no lock behind", async () => {
  const tab = await openTab();
  tab.sagas.register(checkout());
  await (await tab.sagas.start(name, 1, { id: "cart-7" })).done;
  const locks = async (): Promise<string[]> => {
    const { held = [], pending = [] } = await navigator.locks.query();
    return [...held, ...pending].flatMap((lock) => (lock.name?.includes(name) ? lock.name : []));
  };
  expect(await locks()).toEqual([`pubsub-mfe-locks:saga:${name}/1`]);

  tab.sagas.dispose();

  await expect.poll(locks).toEqual([]);
});

describe.each([
  { what: "that succeeds", failing: undefined, first: 0 },
  { what: "of which a step fails", failing: "mail", first: 1 },
])("a saga $what, in a frame that is removed", ({ failing, first }) => {
  /** @returns the moments that the frame had */
  async function live(at: number): Promise<string[]> {
    requests.clear();
    name = `saga-${crypto.randomUUID()}`;
    const { frame, parts } = await openFrame();
    const moments: string[] = [];
    const die: OnMoment = (moment) => {
      moments.push(moment);
      if (moments.length <= at) return undefined;
      frame.remove();
      return never();
    };
    const lost = await openTab(parts, die);
    lost.sagas.register(checkout(die, failing));
    const tab = await openTab();
    await expect.poll(() => moments.length).toBeGreaterThan(Math.min(at, 1));
    tab.sagas.register(checkout(undefined, failing));
    const started = lost.sagas.start(name, 1, { id: "cart-7" }).then(({ done }) => done);
    // Whoever clicked clicks again, once the frame is gone or done.
    if (at < Number.POSITIVE_INFINITY) await expect.poll(() => moments.length).toBeGreaterThan(at);
    else await started;
    const { done } = await tab.sagas.start(name, 1, { id: "cart-7" });

    expect(await done).toMatchObject(
      failing
        ? { success: false, compensated: ["pay", "stock"], error: new Error("no mail") }
        : { success: true, results },
    );
    expect((await journal(tab)).filter((type) => type === "ended")).toHaveLength(1);
    const steps = failing
      ? ["stock", "pay", "pay/compensation", "stock/compensation"]
      : ["stock", "pay", "mail"];
    expect([...requests.keys()].sort()).toEqual(steps.map(keyOf).sort());
    expect(Math.max(...requests.values())).toBeLessThanOrEqual(2);
    expect(tab.warnings).toEqual([]);
    tab.sagas.dispose();
    return moments;
  }

  // Of each the half of the moments: in memory it is all of them.
  it("has one outcome at whatever moment that is", async () => {
    const moments = await live(Number.POSITIVE_INFINITY);
    expect(moments.length).toBeGreaterThan(20);

    for (let at = first; at < moments.length; at += 2) await live(at);
  }, 120_000);
});
