import { type Browser, chromium } from "@playwright/test";
import puppeteer, { type Browser as PuppeteerBrowser } from "puppeteer-core";
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
