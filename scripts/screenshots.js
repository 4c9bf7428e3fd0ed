// `pnpm screenshots`: takes the pictures of the demo that the READMEs show, from the built demo, into
// docs/images; with a folder, takes every view in both themes, wide and narrow, into that.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { preview } from "vite";
import { launchChromium } from "./launch-chromium.js";
import { root } from "./pnpm.js";

const VIEWS = ["timeline", "travel", "patterns", "tabs", "storage", "latency"];
const THEMES = /** @type {const} */ (["light", "dark"]);
const SIZES = { wide: [1440, 860], middle: [1000, 860], narrow: [320, 720] };

/** Those that the READMEs show. */
const SHOWN = ["timeline-light", "timeline-dark", "patterns-light", "travel-dark"];

const everything = process.argv[2];
const folder = everything ?? join(root, "docs/images");
mkdirSync(folder, { recursive: true });

const server = await preview({
  root: join(root, "apps/demo-shell"),
  preview: { port: 4196, host: "localhost" },
  logLevel: "silent",
});
const [address = ""] = server.resolvedUrls?.local ?? [];
const browser = await launchChromium();
try {
  for (const theme of THEMES) await picture(theme);
} finally {
  await browser.close();
  await new Promise((resolve) => server.httpServer.close(resolve));
}

/** @param {(typeof THEMES)[number]} theme */
async function picture(theme) {
  const context = await browser.newContext({ colorScheme: theme });
  await context.addInitScript(() => localStorage.setItem("tour", "over"));
  const page = await context.newPage();
  await page.setViewportSize({ width: 1440, height: 860 });
  await page.goto(address);
  await page.getByText("Fresh from the supplier").nth(2).waitFor();
  await trade(page);
  const sizes = everything === undefined ? { wide: SIZES.wide } : SIZES;
  for (const [size, [width = 0, height = 0]] of Object.entries(sizes)) {
    await page.setViewportSize({ width, height });
    for (const view of VIEWS) await show(page, view, `${size}-${theme}`, theme);
    if (everything !== undefined) {
      await page.evaluate(() => {
        location.hash = "#store";
      });
      await page.screenshot({ path: join(folder, `store-${size}-${theme}.png`) });
    }
  }
  await context.close();
}

/** One order that is paid, and one whose payment fails. @param {import("playwright").Page} page */
async function trade(page) {
  const cart = page.getByRole("article", { name: "Cart" });
  const status = cart.getByRole("region", { name: "Checkout" }).getByRole("status");
  const add = (/** @type {string} */ name) =>
    page.getByRole("button", { name: `Add ${name} to the cart` }).click();
  const pay = async () => {
    await cart.locator('button[aria-disabled="false"]', { hasText: "Pay" }).click();
  };
  await add("Field lantern");
  await add("Enamel kettle");
  await pay();
  await status.getByText("✓ Paid").waitFor();
  await page.evaluate(() => localStorage.setItem("bank.fault", "declines"));
  await add("Field lantern");
  await add("Oak stool");
  await pay();
  await status.getByText("↶ Rolled back").waitFor();
}

/** @param {import("playwright").Page} page @param {string} view @param {string} name @param {string} theme */
async function show(page, view, name, theme) {
  const hash = view === "travel" ? "#travel?at=12" : `#${view}`;
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await page
    .getByRole("region", { name: new RegExp(view === "travel" ? "time travel" : view, "i") })
    .first()
    .waitFor();
  await page.waitForTimeout(500);
  const isShown = everything !== undefined || SHOWN.includes(`${view}-${theme}`);
  const file = everything === undefined ? `${view}-${theme}.png` : `${view}-${name}.png`;
  if (isShown) await page.screenshot({ path: join(folder, file) });
}
