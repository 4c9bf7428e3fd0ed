// Microfrontends that are built apart, and loaded in each of the usual ways, have one bus.
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { servePage } from "../../e2e/page-server.js";
import { launchChromium } from "../../scripts/launch-chromium.js";
import { TemporaryFolders } from "../release/temporary-folders.js";
import { buildPage, type Loader } from "./builds.js";

const federated = (mode: string): Loader["bundles"] => [
  { config: "remote.config.ts", mode, into: "cart" },
  { config: "host.config.ts", mode },
];
const each = (...modes: string[]): Loader["bundles"] =>
  modes.map((mode) => ({ config: "vite.config.ts", mode }));

const loaders: Record<string, Loader & { readonly cores: number }> = {
  "Module Federation, core shared": {
    name: "module-federation",
    bundles: federated("shared"),
    buildsPage: true,
    cores: 1,
  },
  "Module Federation, nothing shared": {
    name: "module-federation",
    bundles: federated("apart"),
    buildsPage: true,
    cores: 2,
  },
  "an import map, core shared": {
    name: "import-map",
    bundles: each("shell", "catalog.shared", "cart.shared"),
    servesCore: true,
    cores: 1,
  },
  "an import map, nothing shared": {
    name: "import-map",
    bundles: each("shell", "catalog", "cart"),
    cores: 2,
  },
  "single-spa": {
    name: "single-spa",
    bundles: each("root", "catalog", "cart"),
    cores: 2,
  },
};

const temporary = new TemporaryFolders();
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  temporary.removeAll();
});

/** Opens the page of a loader; what is thrown there fails the test. */
async function open(loader: Loader): Promise<Page> {
  const folder = temporary.create(loader.name);
  const html = await buildPage(loader, folder);
  const server = await servePage(html, pathToFileURL(`${folder}/`));
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (line) => {
    if (line.type() === "error") errors.push(line.text());
  });
  onTestFinished(async () => {
    await page.close();
    server.close();
    expect(errors).toEqual([]);
  });
  await page.goto(server.url);
  await page.getByRole("button", { name: "LAN-1" }).waitFor();
  return page;
}

/** Chooses items, all in one turn. */
const choose = (page: Page, ...skus: string[]): Promise<void> =>
  page.evaluate((skus) => {
    const buttons = [...document.querySelectorAll("button")];
    for (const sku of skus) buttons.find(({ textContent }) => textContent === sku)?.click();
  }, skus);

const inCart = (page: Page): Promise<string[]> => page.locator("#cart li").allTextContents();

async function openCart(page: Page): Promise<void> {
  await page.locator("#open").click();
  await page.locator("#cart ul").waitFor();
}

describe.each(Object.entries(loaders))("two bundles by %s", (_, loader) => {
  it("have one bus", async () => {
    const page = await open(loader);
    await choose(page, "LAN-1");
    await choose(page, "STO-1");

    // The cart was not there yet.
    await openCart(page);
    expect(await inCart(page)).toEqual(["LAN-1", "STO-1"]);

    // Once each, and in order.
    await choose(page, "STO-1", "LAN-1", "STO-1");
    const all = ["LAN-1", "STO-1", "STO-1", "LAN-1", "STO-1"];
    expect(await inCart(page)).toEqual(all);

    const { names, cores } = await page.evaluate(() => ({
      names: globalThis.shop.cart?.copies().map(({ name }) => name),
      cores: new Set(Object.values(globalThis.shop).map(({ joinPubSub }) => joinPubSub)).size,
    }));
    expect(names).toEqual(["catalog", "cart"]);
    expect(cores).toBe(loader.cores);

    // Nothing of the cart stays, and it can come back.
    const handlers = () =>
      page.evaluate(() => globalThis.shop.catalog?.bus.handlerCount("catalog.item.chosen"));
    expect(await handlers()).toBe(1);
    await page.locator("#close").click();
    await page.locator("#cart ul").waitFor({ state: "detached" });
    expect(await handlers()).toBe(0);
    await choose(page, "LAN-1");
    await openCart(page);
    expect(await inCart(page)).toEqual([...all, "LAN-1"]);
    expect(await handlers()).toBe(1);
  });
});
