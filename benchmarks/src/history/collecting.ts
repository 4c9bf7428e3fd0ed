import { endTrace, startTrace } from "../main-thread.js";
import type { Figure } from "../measure.js";
import { openStocked, promised, STOCK, stockedLog } from "./stock.js";

const LEFT = 40_000;

interface Held {
  /** The longest task of the page's main thread, in milliseconds of the processor. */
  readonly longest: number;
  /** Until all of it was done, in milliseconds. */
  readonly total: number;
}

async function whileWatching(work: () => Promise<void>): Promise<Held> {
  await startTrace();
  const start = performance.now();
  await work();
  const total = performance.now() - start;
  const { longest } = await endTrace();
  return { longest, total };
}

const taken = new Map<string, Promise<Held>>();

/** Once, for both figures. */
function once(name: string, take: () => Promise<Held>): Promise<Held> {
  const held = taken.get(name) ?? take();
  taken.set(name, held);
  return held;
}

function ours(): Promise<Held> {
  return once("ours", async () => {
    const log = await stockedLog("bench-collect", LEFT);
    const held = await whileWatching(async () => {
      const removed = await log.forceGc();
      if (removed !== STOCK - LEFT) throw new Error(`${removed} messages were removed`);
    });
    await log.detach();
    return held;
  });
}

function byHand(): Promise<Held> {
  return once("by hand", async () => {
    await (await stockedLog("bench-collect-raw", STOCK)).detach();
    const db = await openStocked("bench-collect-raw");
    const held = await whileWatching(async () => {
      const tx = db.transaction("messages", "readwrite", { durability: "relaxed" });
      const messages = tx.objectStore("messages");
      const end = await promised(messages.openKeyCursor(null, "prev"));
      messages.delete(IDBKeyRange.upperBound((end?.key as number) - LEFT));
      await new Promise<void>((resolve, reject) => {
        tx.oncomplete = () => resolve();
        tx.onabort = () => reject(tx.error);
      });
    });
    db.close();
    return held;
  });
}

function figure(title: string, part: keyof Held): Figure {
  return {
    title: `collection of 10,000 of 50,000, ${title}`,
    unit: "ms",
    in: ["chromium"],
    contenders: [
      {
        name: "by hand",
        note: "one range; looks at no age, forgets no topic, and writers wait for all of it",
        take: async () => (await byHand())[part],
      },
      { name: "@pubsub-mfe/history", take: async () => (await ours())[part] },
    ],
  };
}

export const collecting: readonly Figure[] = [
  figure("the longest task of the page (CPU)", "longest"),
  figure("in all", "total"),
];
