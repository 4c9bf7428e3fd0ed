import { type Browser, chromium } from "@playwright/test";
import puppeteer, {
  type Browser as PuppeteerBrowser,
  type Page as PuppeteerPage,
} from "puppeteer-core";
import { browserPath } from "../scripts/browser.js";
import { launchChromium } from "../scripts/launch-chromium.js";

/** A browser with its back/forward cache. Playwright switches it off, and keeps hidden pages going. */
export function launchCachingBrowser(): Promise<Browser> {
  return launchChromium({
    ignoreDefaultArgs: [
      "--disable-back-forward-cache",
      "--disable-background-timer-throttling",
      "--disable-renderer-backgrounding",
      "--disable-backgrounding-occluded-windows",
    ],
  });
}

/** A browser that freezes pages: Playwright's focus emulation keeps them from it, hence puppeteer. */
export function launchFreezingBrowser(): Promise<PuppeteerBrowser> {
  return puppeteer.launch({
    executablePath: browserPath() ?? chromium.executablePath(),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}

/**
 * Freezes a page that is in no transaction. Chromium itself freezes none that is in one, which would
 * keep all other pages from the database; the command that a test has does.
 *
 * @returns has it go on
 */
export async function freeze(page: PuppeteerPage): Promise<() => Promise<void>> {
  const session = await page.createCDPSession();
  const become = (state: "active" | "frozen") =>
    session.send("Page.setWebLifecycleState", { state });
  await page.evaluate(async () => {
    for (const { name = "" } of await indexedDB.databases()) {
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          const all = db.transaction(db.objectStoreNames, "readwrite");
          all.oncomplete = () => resolve();
          all.onabort = () => reject(all.error);
          all.commit();
          db.close();
        };
      });
    }
  });
  await become("frozen");
  return () => become("active");
}
