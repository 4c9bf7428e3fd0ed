import type { CDPSession, Page } from "@playwright/test";

/** What a page holds that a microfrontend could have left behind. */
export interface Held {
  /** Listeners of the window, the document and the like, by type. */
  readonly listeners: Readonly<Record<string, number>>;
  readonly channels: number;
  readonly ports: number;
  /** Of all frames, those that went and are still held among them. */
  readonly documents: number;
}

const TARGETS = ["window", "document", "document.documentElement", "document.body", "navigation"];

/** Counts as the browser does, after it has collected what nothing holds. */
export async function countHeld(page: Page): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send("Performance.enable");
    await session.send("HeapProfiler.collectGarbage");
    const listeners: Record<string, number> = {};
    for (const target of TARGETS) {
      const { result } = await session.send("Runtime.evaluate", { expression: target });
      const found = await session.send("DOMDebugger.getEventListeners", {
        objectId: result.objectId ?? "",
      });
      for (const { type } of found.listeners) {
        const key = `${target} ${type}`;
        listeners[key] = (listeners[key] ?? 0) + 1;
      }
    }
    const { metrics } = await session.send("Performance.getMetrics");
    return {
      listeners,
      channels: await countObjects(session, "BroadcastChannel"),
      ports: await countObjects(session, "MessagePort"),
      documents: metrics.find(({ name }) => name === "Documents")?.value ?? Number.NaN,
    };
  } finally {
    await session.detach();
  }
}

async function countObjects(session: CDPSession, type: string): Promise<number> {
  const { result } = await session.send("Runtime.evaluate", { expression: `${type}.prototype` });
  const { objects } = await session.send("Runtime.queryObjects", {
    prototypeObjectId: result.objectId ?? "",
  });
  const { result: length } = await session.send("Runtime.callFunctionOn", {
    objectId: objects.objectId ?? "",
    functionDeclaration: "function () { return this.length; }",
  });
  return length.value;
}
