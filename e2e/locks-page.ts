import { expect } from "@playwright/test";
import { type AnyPage, type PageServer, servePage } from "./page-server.js";

/** One run of a callback, as the page tells it. */
export interface Turn {
  epoch: number;
  /** Why its signal aborted; the callback ends then. */
  lost: string | null;
}

declare global {
  interface Window {
    turns: Turn[];
    hold(options?: { stealAfter?: number }): void;
    /** Ends the turn that runs. */
    finish(): void;
    result: string | null;
    /** Whether the page came out of the back/forward cache. */
    restored: boolean;
    /** How often another tab's heart beat while this one's did so often. */
    othersBeats(ownBeats: number): Promise<number>;
  }
}

// With ?deaf the page does not learn that it goes: as if the browser had not told it.
const html = `<!doctype html><title>locks</title><script type="module">
if (location.search === "?deaf") {
  for (const [type, target] of [["pagehide", window], ["freeze", document]])
    target.addEventListener(type, (event) => event.stopImmediatePropagation(), true);
}
window.restored = false;
addEventListener("pageshow", ({ persisted }) => { window.restored = persisted; });

const { createLocks } = await import("/locks.js");
const locks = createLocks();
window.turns = [];
window.result = null;
window.hold = (options) => {
  locks.hold("the lock", ({ epoch, signal }) => new Promise((resolve) => {
    const turn = { epoch, lost: null };
    window.turns.push(turn);
    window.finish = () => resolve("done in " + epoch);
    signal.addEventListener("abort", () => { turn.lost = signal.reason.reason; resolve(); });
  }), options).then((result) => { window.result = result; });
};

// No channel where the back/forward cache is tried: an open one keeps a page out of it.
if (location.hash === "#heart") {
  const heart = new BroadcastChannel("heart");
  let others = 0;
  heart.onmessage = () => { others += 1; };
  const waiting = new Set();
  setInterval(() => { heart.postMessage(null); for (const beat of waiting) beat(); }, 20);
  window.othersBeats = (ownBeats) => new Promise((resolve) => {
    others = 0;
    const beat = () => {
      if (--ownBeats > 0) return;
      waiting.delete(beat);
      resolve(others);
    };
    waiting.add(beat);
  });
}
</script>`;

/** Serves a page that holds locks with the built package. */
export function serveLocksPage(): Promise<PageServer> {
  return servePage(html, new URL("../packages/core/dist/", import.meta.url));
}

/** A tab that holds the lock, or waits for it. */
export class LocksTab<P extends AnyPage> {
  readonly page: P;

  constructor(page: P) {
    this.page = page;
  }

  async open(url: string): Promise<this> {
    await this.page.goto(url);
    await expect.poll(() => this.page.evaluate(() => typeof window.hold)).toBe("function");
    return this;
  }

  async hold(options: { stealAfter?: number } = {}): Promise<void> {
    await this.page.evaluate((given: { stealAfter?: number }) => window.hold(given), options);
  }

  turns(): Promise<Turn[]> {
    return this.page.evaluate(() => window.turns);
  }

  /** Waits until its turns are these. */
  async expectTurns(turns: Turn[], timeout = 5_000): Promise<void> {
    await expect.poll(() => this.turns(), { timeout, intervals: [20] }).toEqual(turns);
  }

  async finish(): Promise<void> {
    await this.page.evaluate(() => window.finish());
    await expect.poll(() => this.page.evaluate(() => window.result)).not.toBe(null);
  }
}
