// Measures between real tabs, each in a process of its own. By puppeteer, for Playwright's pages all
// count as visible and cannot be frozen.
import { chromium } from "playwright";
import puppeteer from "puppeteer-core";
import { browserPath } from "../scripts/browser.js";
import { serve } from "./serve.js";

/** Hidden tabs are to be as slow as they are for users. */
const KEEPS_HIDDEN_GOING = [
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

/** Whether tabs were seen to stand still. */
let freezes = false;

/** @param {Readonly<Record<string, string>>} scripts */
export async function measureTabs(scripts) {
  const server = await serve(scripts);
  const browser = await puppeteer.launch({
    executablePath: browserPath() ?? chromium.executablePath(),
    args: [
      "--process-per-tab",
      "--renderer-process-limit=20",
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
    ignoreDefaultArgs: KEEPS_HIDDEN_GOING,
    protocolTimeout: 600_000,
  });
  try {
    const page = await browser.newPage();
    await exposeRunner(browser, page, server.url);
    await page.goto(server.url);
    const results = await page.evaluate(async () => {
      const address = "/bench.js";
      return (await import(address)).runHere("chromium");
    });
    return { results, version: (await browser.version()).replace(/^.*\//, "") };
  } finally {
    await browser.close();
    server.close();
  }
}

/**
 * Gives the page what src/tabs/browser.ts describes.
 *
 * @param {import("puppeteer-core").Browser} browser
 * @param {import("puppeteer-core").Page} page stays in front
 * @param {string} url
 */
async function exposeRunner(browser, page, url) {
  /** @type {import("puppeteer-core").Page[]} */
  const tabs = [];
  /** @param {number} tab */
  const at = (tab) => /** @type {import("puppeteer-core").Page} */ (tabs[tab]);
  const session = await browser.target().createCDPSession();

  /** @type {Record<string, (...args: any[]) => Promise<unknown>>} */
  const runner = {
    async openTab(/** @type {string} */ address) {
      const tab = await browser.newPage();
      await page.bringToFront();
      await tab.goto(new URL(address, url).href);
      await tab.waitForFunction("window.ready", { polling: 20 });
      return tabs.push(tab) - 1;
    },
    endTab: (/** @type {number} */ tab, /** @type {keyof typeof endings} */ how) =>
      endings[how](at(tab), url),
    async isRestored(/** @type {number} */ tab) {
      await at(tab)
        .goBack({ timeout: 2_000, waitUntil: "domcontentloaded" })
        .catch(() => {});
      return at(tab).evaluate("window.outOfCache");
    },
    closeTab: (/** @type {number} */ tab) =>
      at(tab)
        .close()
        .catch(() => {}), // It is gone already.
    async cpuMs() {
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1_000, 0);
    },
  };
  for (const [name, fn] of Object.entries(runner)) await page.exposeFunction(name, fn);
}

/** Each ends a tab, and tells when that began. */
const endings = {
  /** @param {import("puppeteer-core").Page} tab */
  async closed(tab) {
    const since = Date.now();
    await tab.close();
    return since;
  },
  /** @param {import("puppeteer-core").Page} tab */
  async crashed(tab) {
    const session = await tab.createCDPSession();
    const since = Date.now();
    session.send("Page.crash").catch(() => {}); // It never answers.
    return since;
  },
  /** @param {import("puppeteer-core").Page} tab @param {string} url */
  async cached(tab, url) {
    const since = Date.now();
    await tab.goto(`${url}elsewhere`);
    return since;
  },
  /** @param {import("puppeteer-core").Page} tab */
  async frozen(tab) {
    const session = await tab.createCDPSession();
    const since = Date.now();
    await session.send("Page.setWebLifecycleState", { state: "frozen" });
    if (!freezes) {
      // A hidden tab's timers run once a second: what is not frozen at all is not to be measured.
      const beats = await tab.evaluate("window.beats");
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      if ((await tab.evaluate("window.beats")) !== beats) throw new Error("A tab was not frozen.");
      freezes = true;
    }
    return since;
  },
};
