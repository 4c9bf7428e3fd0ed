import { chromium } from "playwright";
import { browserPath } from "./browser.js";

/**
 * Starts the Chromium that was found, or Playwright's own.
 *
 * @param {import("playwright").LaunchOptions} [options]
 * @returns {Promise<import("playwright").Browser>}
 */
export function launchChromium(options = {}) {
  const executablePath = browserPath();
  return chromium.launch({ ...(executablePath && { executablePath }), ...options });
}
