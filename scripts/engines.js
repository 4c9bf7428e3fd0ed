// Runs vitest's browser tests in the Firefox and WebKit that Debian packages: Playwright drives only
// builds of its own, which cannot be downloaded everywhere.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { defineBrowserProvider } from "@vitest/browser";
import puppeteer from "puppeteer-core";
import { aptInstall } from "./apt.js";
import { findExecutable, firefoxPath } from "./executables.js";
import { freePort } from "./free-port.js";

const webkitDriver = () => findExecutable("WebKitWebDriver");
const display = () => findExecutable("Xvfb");
const hasWebKit = () => webkitDriver() !== undefined && display() !== undefined;

/** The engines beside Chromium that this machine can run. */
export function otherEngines() {
  return [...(firefoxPath() ? [firefox] : []), ...(hasWebKit() ? [webkit] : [])];
}

/**
 * Installs the engines beside Chromium where that is possible.
 *
 * @returns {string[]} a sentence about each that is missing afterwards
 */
export function findOtherEngines() {
  if (!firefoxPath()) aptInstall("firefox-esr");
  if (!hasWebKit()) aptInstall("webkit2gtk-driver", "xvfb");
  return [
    ...(firefoxPath() ? [] : ["Firefox skipped: put firefox or firefox-esr on the PATH."]),
    ...(hasWebKit()
      ? []
      : ["WebKit skipped: install Debian's or Ubuntu's webkit2gtk-driver and xvfb."]),
  ];
}

/** What both providers share: pages are opened by us, nothing is run at once. */
class Provider {
  supportsParallelism = false;
  getCommandsContext() {
    return {};
  }
}

class FirefoxProvider extends Provider {
  name = "firefox";
  /** @type {import("puppeteer-core").Browser | undefined} */
  #browser;

  /** @param {string} _session @param {string} url */
  async openPage(_session, url) {
    const executablePath = firefoxPath() ?? "";
    this.#browser ??= await puppeteer.launch({
      browser: "firefox",
      executablePath,
      headless: true,
    });
    const page = await this.#browser.newPage();
    await page.goto(url, { waitUntil: "domcontentloaded" });
  }

  async close() {
    await this.#browser?.close();
  }
}

/** Over the W3C WebDriver protocol; WebKitGTK has no headless mode, hence the virtual display. */
class WebKitProvider extends Provider {
  name = "webkit";
  /** @type {import("node:child_process").ChildProcess[]} */
  #processes = [];
  #endpoint = "";
  #session = "";

  /** @param {string} _session @param {string} url */
  async openPage(_session, url) {
    if (!this.#session) await this.#start();
    await this.#call("POST", `/session/${this.#session}/url`, { url });
  }

  async close() {
    if (this.#session) await this.#call("DELETE", `/session/${this.#session}`).catch(() => {});
    for (const process of this.#processes) process.kill();
  }

  async #start() {
    const xvfb = spawn(display() ?? "", ["-displayfd", "1", "-screen", "0", "1280x900x24"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [number] = await once(xvfb.stdout, "data");
    const port = await freePort(0);
    const driver = spawn(webkitDriver() ?? "", [`--port=${port}`], {
      stdio: "ignore",
      env: {
        ...process.env,
        DISPLAY: `:${String(number).trim()}`,
        LIBGL_ALWAYS_SOFTWARE: "1",
        // Its sandbox does not start for root.
        ...(process.getuid?.() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" }),
      },
    });
    this.#processes.push(driver, xvfb);
    this.#endpoint = `http://127.0.0.1:${port}`;
    const capabilities = {}; // the driver knows its MiniBrowser
    for (let tries = 50; ; tries--) {
      try {
        this.#session = (await this.#call("POST", "/session", { capabilities })).sessionId;
        return;
      } catch (error) {
        if (tries === 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100)); // the driver is still starting
      }
    }
  }

  /** @param {string} method @param {string} path @param {unknown} [body] */
  async #call(method, path, body) {
    const response = await fetch(this.#endpoint + path, { method, body: JSON.stringify(body) });
    const { value } = /** @type {{ value: any }} */ (await response.json());
    if (!response.ok) throw new Error(`WebKitWebDriver: ${value?.message ?? response.status}`);
    return value;
  }
}

/** @param {string} name @param {new () => object} Class */
const provider = (name, Class) =>
  defineBrowserProvider({
    name,
    options: {},
    supportedBrowser: [name],
    // @ts-expect-error vitest's interface also names members that only its own providers use
    providerFactory: () => new Class(),
  });

const firefox = provider("firefox", FirefoxProvider);
const webkit = provider("webkit", WebKitProvider);
