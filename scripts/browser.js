// Finds a Chromium that starts, or failing that gets one.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { aptInstall } from "./apt.js";

/** The path of the browser to use, without trying whether it starts; none: Playwright's own. */
export function browserPath() {
  return process.env.BROWSER_PATH ?? installedBrowsers()[0];
}

/**
 * Returns the path of a browser: the one named by BROWSER_PATH, an installed Chrome, Chromium or
 * Edge, the one Playwright downloads or, on Debian as root, the one apt installs.
 *
 * @param {(line: string) => void} say
 * @returns {Promise<string | undefined>}
 */
export async function findBrowser(say) {
  const named = process.env.BROWSER_PATH;
  if (named) return firstThatStarts([named], say);

  const { chromium } = await import("playwright");
  const downloaded = chromium.executablePath();
  const present = await firstThatStarts([...installedBrowsers(), downloaded], say);
  if (present) return present;

  say("No Chrome, Chromium or Edge found: asking Playwright to download Chromium.");
  const playwright = join("node_modules", "playwright", "cli.js");
  const args = [playwright, "install", "--no-shell", "chromium"];
  if (spawnSync(process.execPath, args, { stdio: "ignore" }).status === 0) {
    const path = await firstThatStarts([downloaded], say);
    if (path) return path;
  }

  say("That did not work: asking apt for Debian's chromium.");
  return aptInstall("chromium") ? firstThatStarts(installedBrowsers(), say) : undefined;
}

function installedBrowsers() {
  const { env, platform } = process;
  if (platform === "darwin") {
    return ["Google Chrome", "Chromium", "Microsoft Edge"]
      .map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`)
      .filter(existsSync);
  }
  if (platform === "win32") {
    const roots = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA];
    return ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"]
      .flatMap((exe) => roots.map((root) => join(root ?? "", exe)))
      .filter(existsSync);
  }
  const folders = (env.PATH ?? "").split(delimiter);
  return ["google-chrome", "chromium", "chromium-browser", "microsoft-edge"]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .filter(existsSync);
}

/**
 * A browser can be there and yet unable to run: a snap stub, a missing library.
 *
 * @param {string[]} paths
 * @param {(line: string) => void} say
 */
async function firstThatStarts(paths, say) {
  const { chromium } = await import("playwright");
  for (const executablePath of paths.filter(existsSync)) {
    try {
      const browser = await chromium.launch({ executablePath });
      await browser.close();
      return executablePath;
    } catch (error) {
      say(`${executablePath} does not start: ${String(error).split("\n")[0]}`);
    }
  }
  return undefined;
}
