// The built site as a reader has it, in Chromium.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../../scripts/launch-chromium.js";
import { serveSite, sitePages } from "./built-site.js";

const written = sitePages().filter(({ address }) => !address.startsWith("/api/"));
let site: Awaited<ReturnType<typeof serveSite>>;
let browser: Browser;

beforeAll(async () => {
  site = await serveSite();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** A page in a context of its own, which ends with the browser. */
async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(site.url + address);
  return page;
}

const viewport = { width: 320, height: 800 };

async function tooWide(page: Page): Promise<string[]> {
  const by = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  return by > 0 ? [`${page.url()} is ${by} px too wide`] : [];
}

describe.concurrent("the search", () => {
  it.each([
    ["idempotency key", "Saga"],
    ["waitForHandler", "Request/response"],
  ])("finds %s, and opens where it is told of", async (query, title) => {
    const page = await open("/");

    await expect
      .poll(async () => {
        await page.keyboard.press("Control+k"); // it is heard once the page has its script
        return page.locator(".search-input").count();
      })
      .toBe(1);
    await page.fill(".search-input", query);
    await page.click(`.result:has-text("${title}") >> nth=0`);

    await page.waitForSelector(`h1:has-text("${title}")`);
  });
});

describe.concurrent("the diagrams", () => {
  it("are drawn on each page that has one, no wider than it", async () => {
    const page = await open("/", { viewport });
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));

    for (const { address, html } of written) {
      const count = html.split('class="diagram"').length - 1;
      if (count === 0) continue;
      await page.goto(site.url + address);
      await page.waitForFunction(
        (all) => document.querySelectorAll(".diagram svg[role]").length === all,
        count,
      );
      const failed = await page.locator('.diagram svg[aria-roledescription="error"]').count();
      problems.push(...(await tooWide(page)));
      if (failed > 0) problems.push(`${address}: Mermaid cannot read a diagram`);
    }

    expect(problems).toEqual([]);
  });

  it("follow the theme", async () => {
    const page = await open("/what-it-is", { colorScheme: "light" });
    const color = () =>
      page
        .locator(".diagram text.messageText")
        .first()
        .evaluate((text) => getComputedStyle(text).fill);
    await page.waitForSelector(".diagram svg");
    const light = await color();

    await page.locator(".VPSwitchAppearance").first().click();

    await expect.poll(color).not.toBe(light);
  });
});

describe.concurrent("the pages", () => {
  it("are no wider than a screen of 320 px", async () => {
    // As they are without their scripts, which take most of the time; drawings are looked at above.
    const page = await open("/", { viewport, javaScriptEnabled: false });
    const problems: string[] = [];
    for (const { address } of written) {
      await page.goto(site.url + address);
      problems.push(...(await tooWide(page)));
    }

    expect(problems).toEqual([]);
  });

  it.each([
    ["/", "light"],
    ["/", "dark"],
    ["/patterns/circuit-breaker", "light"],
    ["/patterns/circuit-breaker", "dark"],
    ["/performance", "light"],
  ] as const)("%s is accessible (%s)", async (address, colorScheme) => {
    const page = await open(address, { colorScheme });

    // The theme's search button shows its keys, and is not called by them.
    const { violations } = await new AxeBuilder({ page }).exclude(".DocSearch-Button").analyze();

    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`),
    ).toEqual([]);
  });
});
