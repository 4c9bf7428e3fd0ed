// The built site as a reader has it, in Chromium.
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { browserPath } from "../../scripts/browser.js";
import { serveSite, sitePages } from "./built-site.js";

const themes = ["light", "dark"] as const;
const written = sitePages().filter(({ address }) => !address.startsWith("/api/"));
let site: Awaited<ReturnType<typeof serveSite>>;
let browser: Browser;

beforeAll(async () => {
  site = await serveSite();
  const executablePath = browserPath();
  browser = await chromium.launch({ ...(executablePath && { executablePath }) });
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(site.url + address);
  return page;
}

describe("the search", () => {
  it.each([
    ["idempotency key", "Saga"],
    ["joinPubSub", "Several copies on one page"],
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

describe("the diagrams", () => {
  it("are drawn on each page that has one", async () => {
    const page = await open("/");
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

describe("the pages", () => {
  it("are no wider than a screen of 320 px", async () => {
    const page = await open("/", { viewport: { width: 320, height: 800 } });
    const tooWide: string[] = [];
    for (const { address } of written) {
      await page.goto(site.url + address, { waitUntil: "domcontentloaded" });
      const scrolls = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (scrolls > 0) tooWide.push(`${address}: by ${scrolls} px`);
    }

    expect(tooWide).toEqual([]);
  });

  it.each(
    themes.flatMap((theme) =>
      ["/", "/patterns/circuit-breaker", "/performance"].map(
        (address) => [address, theme] as const,
      ),
    ),
  )("%s is accessible (%s)", async (address, colorScheme) => {
    const page = await open(address, { colorScheme });

    // The theme's search button shows its keys, and is not called by them.
    const { violations } = await new AxeBuilder({ page }).exclude(".DocSearch-Button").analyze();

    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`),
    ).toEqual([]);
  });
});
