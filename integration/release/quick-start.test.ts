// The quick start, word for word, with the packed packages in a fresh folder.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright";
import { build } from "vite";
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from "vitest";
import { servePage } from "../../e2e/page-server.js";
import { launchChromium } from "../../scripts/launch-chromium.js";
import { root } from "../../scripts/pnpm.js";
import { readQuickStart, type Step, take } from "./quick-start.js";
import { run } from "./run.js";

const steps = readQuickStart();
const compilerOptions = {
  target: "es2022",
  lib: ["es2022", "dom"],
  types: [],
  module: "esnext",
  moduleResolution: "bundler",
  strict: true,
  noEmit: true,
};
let shop: string;
let browser: Browser;

beforeAll(async () => {
  shop = inject("consumers")["all packages"];
  browser = await launchChromium();
}, 300_000);

afterAll(() => browser?.close());

it("has five steps", () => {
  expect(steps.map(({ title }) => title)).toEqual([
    "1. Two teams, one bus",
    "2. Survive a reload",
    "3. Be in every tab",
    "4. Pay once",
    "5. See what it does",
  ]);
});

it("shares a cart, and compiles", async () => {
  const { tab } = await open(steps[0]);
  const page = await tab();

  await page.click("text=Add Tea");
  await page.click("text=Add Mug");

  await expect.poll(() => page.textContent("#cart")).toBe("Cart: Tea 4 € Mug 9 € ");
});

it("has the cart after a reload, and in a second tab", async () => {
  const { tab } = await open(steps[1]);
  const [one, other] = [await tab(), await tab()];

  await one.click("text=Add Tea");
  await expect.poll(() => other.textContent("#cart")).toBe("Cart: Tea 4 € ");
  await one.reload();

  await expect.poll(() => one.textContent("#cart")).toBe("Cart: Tea 4 € ");
});

it("tells the other tab", async () => {
  const { tab } = await open(steps[2]);
  const [one, other] = [await tab(), await tab()];
  for (const page of [one, other]) await page.waitForSelector("p >> nth=2", { state: "attached" });

  await one.click("text=Add Mug");

  await other.waitForSelector("text=Somebody added Mug");
});

it("charges once, whoever presses", async () => {
  const { tab } = await open(steps[3]);
  const [one, other] = [await tab(), await tab()];
  await one.click("text=Add Tea");
  await expect.poll(() => other.textContent("#cart")).toBe("Cart: Tea 4 € ");

  await Promise.all([one, other, one].map((page) => page.click("text=Pay")));

  await one.waitForSelector("text=Paid 4 €");
  for (const page of [one, other]) {
    await expect.poll(() => page.textContent("#cart")).toBe("Cart: ");
  }
  const booked = await one.evaluate(() => Object.values(JSON.parse(localStorage.bank)));
  expect(booked).toEqual([4]);
});

it("sees what it does", async () => {
  const index = "index.html";
  const html = steps[3]?.files.get(index) ?? "";
  const script = '<script type="module" src="/src/look.ts"></script>\n  </body>';
  const files = new Map([...(steps[4]?.files ?? []), [index, html.replace("</body>", script)]]);
  const { context, tab } = await open({ title: "5", files });
  const said: string[] = [];
  context.on("console", (message) => said.push(message.text()));
  const page = await tab();
  await page.waitForSelector("text=Pay"); // the others have come

  await page.click("text=Look");

  await expect.poll(() => said.join("\n")).toContain('its segment 3 is "added", and not "add"');
});

/** Takes a step, compiles, builds and serves the shop. */
async function open(step: Step | undefined): Promise<{
  context: BrowserContext;
  tab(): Promise<Page>;
}> {
  if (!step) throw new Error("The quick start has no such step.");
  take(step, shop);
  writeFileSync(join(shop, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
  await run([join(root, "node_modules/.bin/tsc")], shop);
  await build({ root: shop, configFile: false, logLevel: "error" });
  const dist = join(shop, "dist");
  const html = readFileSync(join(dist, "index.html"), "utf8");
  const server = await servePage(html, pathToFileURL(`${dist}/`));
  const context = await browser.newContext();
  onTestFinished(async () => {
    await context.close();
    server.close();
  });
  return {
    context,
    tab: async () => {
      const page = await context.newPage();
      await page.goto(server.url);
      return page;
    },
  };
}
