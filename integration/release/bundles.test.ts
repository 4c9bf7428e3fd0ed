// What is installed from the tarballs goes through the bundlers of those who use it, into a browser.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { servePage } from "../../e2e/page-server.js";
import { launchChromium } from "../../scripts/launch-chromium.js";
import { bundlers } from "./bundlers.js";
import { pages } from "./consumer-pages.js";
import { type Combination, combinations } from "./consumers.js";

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
}, 60_000);

afterAll(() => browser?.close());

/** Opens a page with the bundle of a folder. @returns its title, or what it complains of */
async function open(folder: string): Promise<string> {
  const html = '<!doctype html><title></title><script type="module" src="/app.js"></script>';
  const server = await servePage(html, pathToFileURL(`${folder}/`));
  const context = await browser.newContext();
  onTestFinished(async () => {
    await context.close();
    server.close();
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => complaints.push(message.text()));
  await page.goto(server.url);
  await expect.poll(async () => complaints[0] ?? page.title(), { timeout: 10_000 }).not.toBe("");
  return complaints[0] ?? page.title();
}

describe.each(bundlers)("bundled by $name", ({ name, bundle }) => {
  it.each(Object.keys(combinations) as Combination[])("%s: it runs", async (combination) => {
    const folder = inject("consumers")[combination];
    const { program, says } = pages[combination];
    writeFileSync(join(folder, "page.js"), program);

    const minimize = combination === "all packages";
    expect(await bundle(folder, "page", { minimize })).toEqual([]);
    expect(await open(join(folder, `page-${name}`))).toBe(says);
  });

  it.each(["dist/bus.js", "src/index.ts"])("%s of core cannot be imported", async (path) => {
    const folder = inject("consumers")["core alone"];
    writeFileSync(join(folder, "deep.js"), `import "@pubsub-mfe/core/${path}";`);

    await expect(bundle(folder, "deep", { minimize: false })).rejects.toThrow("is not exported");
  });
});
