// Measures the built demo in Chromium: how long its page is busy at a stretch when much comes at once,
// and how smooth it stays while much comes on and on.
import { fileURLToPath } from "node:url";
import { preview } from "vite";
import { launchChromium } from "../scripts/launch-chromium.js";
import { traceMainThread } from "./main-thread.js";

const WATCHED_MS = 5_000;

/** What of the control room is seen. The list is measured with all messages in it. */
const SEEN = {
  "the control room closed": { hash: "", isClosed: true },
  "the timeline open": { hash: "#timeline?filter=%23", isClosed: false },
  "the latency open": { hash: "#latency", isClosed: false },
};

export async function measureDemo() {
  const server = await preview({
    root: fileURLToPath(new URL("../apps/demo-shell", import.meta.url)),
    preview: { port: 4197, host: "localhost" },
    logLevel: "silent",
  });
  const [address = ""] = server.resolvedUrls?.local ?? [];
  const browser = await launchChromium();
  try {
    const bursts = [];
    const streams = [];
    for (const [name, seen] of Object.entries(SEEN)) {
      bursts.push({ name, ...(await measureBurst(browser, address, seen)) });
      streams.push({ name, ...(await measureStream(browser, address, seen)) });
    }
    /** @param {string} title @param {string} unit @param {"longest" | "frames"} key @param {readonly any[]} list */
    const figure = (title, unit, key, list) => ({
      title,
      unit,
      contenders: list.map((each) => ({ name: each.name, note: each.note, value: each[key] })),
    });
    return {
      results: [
        figure("a burst of 10,000, the longest task", "ms of the processor", "longest", bursts),
        figure("500 messages a second, frames", "a second", "frames", streams),
        figure(
          "500 messages a second, the longest task",
          "ms of the processor",
          "longest",
          streams,
        ),
      ],
      version: browser.version(),
    };
  } finally {
    await browser.close();
    await new Promise((resolve) => server.httpServer.close(resolve));
  }
}

/**
 * @param {import("playwright").Browser} browser @param {string} address
 * @param {{ readonly hash: string, readonly isClosed: boolean }} seen
 */
async function open(browser, address, { hash, isClosed }) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 860 } });
  const page = await context.newPage();
  await page.addInitScript(
    (pages) => {
      localStorage.setItem("tour", "over");
      localStorage.setItem("pages", pages);
    },
    isClosed ? "store" : "both",
  );
  await page.goto(`${address}${hash}`);
  await page.getByText("Fresh from the supplier").nth(2).waitFor();
  return { context, page, main: await traceMainThread(page) };
}

/** @param {import("playwright").Browser} browser @param {string} address @param {(typeof SEEN)[keyof typeof SEEN]} seen */
async function measureBurst(browser, address, seen) {
  const { context, page, main } = await open(browser, address, seen);
  await main.start();
  await page.locator("#latency .burst button").first().dispatchEvent("click");
  const row = page.locator("#latency .burst tbody tr").first();
  await row.waitFor({ state: "attached" });
  const { longest, over50 } = await main.end();
  const [arrived = "", , , , after = ""] = await row.locator("td").allTextContents();
  await context.close();
  return { longest, note: `${arrived} arrived after ${after}; ${over50} tasks over 50 ms` };
}

/** @param {import("playwright").Browser} browser @param {string} address @param {(typeof SEEN)[keyof typeof SEEN]} seen */
async function measureStream(browser, address, seen) {
  const { context, page, main } = await open(browser, address, seen);
  await page.locator("#latency .burst button").nth(1).dispatchEvent("click");
  await main.start();
  const frames = await page.evaluate(
    (durationMs) =>
      new Promise((resolve) => {
        const startMs = performance.now();
        let count = 0;
        const next = () => {
          const passedMs = performance.now() - startMs;
          if (passedMs >= durationMs) resolve((count * 1_000) / passedMs);
          else requestAnimationFrame(next);
          count += 1;
        };
        requestAnimationFrame(next);
      }),
    WATCHED_MS,
  );
  const { longest, over50 } = await main.end();
  await context.close();
  return { frames, longest, note: `${over50} tasks over 50 ms` };
}
