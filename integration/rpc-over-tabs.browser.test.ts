import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { createCrossTabAdapter } from "@pubsub-mfe/cross-tab";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { beforeEach, expect, it, onTestFinished } from "vitest";

/** Under another name, as bundlers take `new URL(path, import.meta.url)` for an asset. */
const HERE = import.meta.url;
const OVER_TABS = { scope: "tabs" } as const;
let channelName: string;

beforeEach(() => {
  channelName = `rpc-${crypto.randomUUID()}`;
});

/** What a page of its own is made of: plain buses are not joined, and so meet over the channel alone. */
interface Parts {
  readonly createPubSub: typeof createPubSub;
  readonly createCrossTabAdapter: typeof createCrossTabAdapter;
  readonly RequestResponse: typeof RequestResponse;
}

async function openTab(
  parts: Parts = { createPubSub, createCrossTabAdapter, RequestResponse },
): Promise<{ bus: PubSubBus; rpc: RequestResponse }> {
  const bus = parts.createPubSub();
  await parts.createCrossTabAdapter({ channelName }).attach(bus);
  onTestFinished(() => bus.dispose());
  return { bus, rpc: new parts.RequestResponse(bus) };
}

/** A frame with packages of its own, whose locks end with it. */
async function openFrame(): Promise<{ frame: HTMLIFrameElement; parts: Parts }> {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  onTestFinished(() => frame.remove());
  const load = (frame.contentWindow as typeof globalThis & Window).Function(
    "url",
    "return import(url)",
  );
  const modules = await Promise.all(
    ["core/src/index.ts", "cross-tab/src/index.ts", "patterns/src/request-response.ts"].map(
      (path) => load(new URL(`../packages/${path}`, HERE).href),
    ),
  );
  return { frame, parts: Object.assign({}, ...modules) };
}

async function heldLocks(): Promise<string[]> {
  const { held = [] } = await navigator.locks.query();
  return held.flatMap(({ name }) => (name?.startsWith("pubsub-mfe-rpc:") ? [name] : []));
}

it("of three tabs exactly one runs each request, and no lock is left", async () => {
  const tabs = [await openTab(), await openTab(), await openTab()] as const;
  const runs: number[] = [];
  for (const { rpc } of tabs.slice(1)) {
    rpc.handle("double", async (n: number) => {
      runs.push(n);
      return n * 2;
    });
  }
  const numbers = Array.from({ length: 20 }, (_, n) => n);

  const results = await Promise.all(
    numbers.map((n) => tabs[0].rpc.request<number>("double", n, OVER_TABS)),
  );

  expect(results).toEqual(numbers.map((n) => n * 2));
  expect(runs.toSorted((a, b) => a - b)).toEqual(numbers);
  await expect.poll(heldLocks).toEqual([]);
});

it("the frame that runs a request, removed in the middle, is told by name", async () => {
  const { rpc } = await openTab();
  const { frame, parts } = await openFrame();
  const other = await openTab(parts);
  let isRunning = (): void => {};
  const running = new Promise<void>((resolve) => {
    isRunning = resolve;
  });
  other.rpc.handle("hang", () => {
    isRunning();
    return new Promise(() => {});
  });
  const asked = rpc.request("hang", 1, { ...OVER_TABS, timeout: 60_000 }).catch((error) => error);
  await running;
  expect(await heldLocks()).toHaveLength(1);

  frame.remove();

  expect(await asked).toMatchObject({ name: "ExecutorGoneError", code: "EXECUTOR_GONE" });
  await expect.poll(heldLocks).toEqual([]);
});

it("an abort reaches the tab that runs it, and errors come back with class and code", async () => {
  const [asker, runner] = [await openTab(), await openTab()];
  let signal: AbortSignal | undefined;
  let isRunning = (): void => {};
  const running = new Promise<void>((resolve) => {
    isRunning = resolve;
  });
  runner.rpc.handle("hang", (_, context) => {
    signal = context.signal;
    isRunning();
    return new Promise(() => {});
  });
  runner.rpc.handle("fail", () => {
    throw Object.assign(new TypeError("no"), { code: "NOT_YET" });
  });
  const stop = new AbortController();
  const options = { ...OVER_TABS, signal: stop.signal };
  const asked = asker.rpc.request("hang", 1, options).catch((error) => error);
  await running;

  stop.abort();

  expect(await asked).toMatchObject({ name: "AbortError" });
  await expect.poll(() => signal?.aborted).toBe(true);
  const failure = await asker.rpc.request("fail", 1, OVER_TABS).catch((error) => error);
  expect(failure).toBeInstanceOf(TypeError);
  expect(failure).toMatchObject({ message: "no", code: "NOT_YET" });
  await expect.poll(heldLocks).toEqual([]);
});
