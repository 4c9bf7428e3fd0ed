import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type ContractTab, holding, locksContract } from "../testing/contracts/locks-contract.js";
import type { LocksConfig } from "./create-locks.js";
import type { Locks } from "./types.js";

const entry = new URL("../locks.ts", import.meta.url).href;

// A database, and so an origin, of its own for each test.
let dbName = "";
beforeEach(() => {
  dbName = `locks ${crypto.randomUUID()}`;
});

type Tab = ContractTab & { readonly window: Window & typeof globalThis };

/** A same-origin iframe stands for a tab; it loads the module for itself. */
async function openTab(config: LocksConfig = {}): Promise<Tab> {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  onTestFinished(() => frame.remove());
  const window = frame.contentWindow as Window & typeof globalThis;
  const script = window.document.createElement("script");
  script.type = "module";
  script.textContent = `import * as module from ${JSON.stringify(entry)}; resolve(module);`;
  const { createLocks } = await new Promise<typeof import("../locks.js")>((resolve) => {
    Object.assign(window, { resolve });
    window.document.head.append(script);
  });
  return {
    window,
    locks: createLocks({ dbName, ...config }),
    hide: () => window.dispatchEvent(new window.Event("pagehide")),
    show: () => window.dispatchEvent(new window.Event("pageshow")),
    freeze: () => window.document.dispatchEvent(new window.Event("freeze")),
    resume: () => window.document.dispatchEvent(new window.Event("resume")),
    close: () => frame.remove(),
  };
}

/** What is held or waited for in this test's origin. */
async function inUse(): Promise<(string | undefined)[]> {
  const { held = [], pending = [] } = await navigator.locks.query();
  return [...held, ...pending].map(({ name }) => name).filter((name) => name?.startsWith(dbName));
}

locksContract("Locks in a browser", openTab);

describe("createLocks in a browser", () => {
  it("is of another realm in each tab", async () => {
    const [a, b] = [await openTab(), await openTab()];

    expect(a.locks.hold).not.toBe(b.locks.hold);
    expect(a.locks.hold).not.toBeInstanceOf(Function);
  });

  it("leaves no lock, channel or connection behind", async () => {
    let open = 0;
    class Counted extends BroadcastChannel {
      constructor(name: string) {
        super(name);
        open += 1;
      }
      override close(): void {
        open -= 1;
        super.close();
      }
    }
    const config = { channel: () => new Counted(dbName) };
    const [a, b] = [await openTab(config), await openTab(config)];
    const turn = await holding(a.locks, "a").turn();
    const quit = new AbortController();
    const given = holding(b.locks, "a", { stealAfter: 60_000, signal: quit.signal });
    const patient = holding(b.locks, "a", { stealAfter: 60_000 });
    quit.abort();
    await expect(given.result).rejects.toMatchObject({ name: "AbortError" });

    turn.finish();
    (await patient.turn()).finish();
    await patient.result;

    expect(open).toBe(0);
    await expect.poll(inUse).toEqual([]);
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(dbName);
      request.onsuccess = () => resolve();
      request.onblocked = () => reject(new Error("a connection is open"));
    });
  });

  it("steals from a holder that does not answer, and its epoch is newer", async () => {
    const tab = await openTab();
    await tab.locks.hold("a", () => {});
    // Holds the lock, and knows nothing of signs of life.
    let robbed: Promise<unknown> = Promise.resolve();
    await new Promise<void>((granted) => {
      robbed = navigator.locks
        .request(`${dbName}:a`, () => {
          granted();
          return new Promise(() => {});
        })
        .catch((error) => error.name);
    });

    const epoch = await tab.locks.hold("a", (turn) => turn.epoch, { stealAfter: 200 });

    expect(epoch).toBe(2);
    expect(await robbed).toBe("AbortError");
    await expect.poll(inUse).toEqual([]);
  });

  it("leaves a holder alone that answers", async () => {
    const [a, b] = [await openTab(), await openTab()];
    const turn = await holding(a.locks, "a").turn();
    let asked = 0;
    const listener = new BroadcastChannel(dbName);
    onTestFinished(() => listener.close());
    const lastQuestion = new Promise<void>((resolve) => {
      listener.onmessage = ({ data }) => {
        if (data.type === "alive?") asked += 1;
        if (asked === 12) resolve();
      };
    });
    const waiting = holding(b.locks, "a", { stealAfter: 400 });

    // Asked every 100 ms: three times as long as a silent one would have kept it.
    await lastQuestion;

    expect(turn.context.signal.aborted).toBe(false);
    turn.finish();
    (await waiting.turn()).finish();
    await waiting.result;
  });

  it("tells the one that was stolen from, which queues again", async () => {
    const [a, b] = [await openTab({ channel: deaf }), await openTab()];
    const first = holding(a.locks, "a");
    const turn = await first.turn();

    const stolen = holding(b.locks as Locks, "a", { stealAfter: 100 });
    const thief = await stolen.turn();

    await expect.poll(() => turn.context.signal.reason).toMatchObject({ reason: "stolen" });
    turn.finish();
    thief.finish();
    const again = await first.turn();
    expect(again.context.epoch).toBe(3);
    again.finish();
    await first.result;
  });
});

/** A channel that nobody hears and that hears nobody, as of a tab that is stuck. */
function deaf() {
  return { onmessage: null, postMessage() {}, close() {} };
}
