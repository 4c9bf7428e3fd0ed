import { expect, test } from "@playwright/test";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { firefoxPath } from "../scripts/executables.js";
import { MessagesTab, serveMessagesPage } from "./messages-page.js";
import type { PageServer } from "./page-server.js";

let server: PageServer;
let browser: Browser;

test.skip(!firefoxPath(), "there is no Firefox on the PATH");

test.beforeAll(async () => {
  // Firefox takes its time to start on a busy machine.
  test.setTimeout(90_000);
  server = await serveMessagesPage();
  const executablePath = firefoxPath() ?? "";
  browser = await puppeteer.launch({ browser: "firefox", executablePath });
});

test.afterAll(async () => {
  await browser?.close();
  server?.close();
});

async function openTab(): Promise<MessagesTab<Page>> {
  return new MessagesTab(await browser.newPage()).open(server.url);
}

test("tabs in Firefox hear each other, over reload, absence and the end of a leader", async () => {
  const a = await openTab();
  await a.expectLeads();
  const b = await openTab();
  const { id } = a;

  await Promise.all([a.publish(1, 1_000), b.publish(1, 1_000, "a task each")]);
  await a.expectHeard(b, "1-1000");
  await b.expectHeard(a, "1-1000");

  // Hidden by now, and left within the turn.
  await a.page.evaluate(() => {
    addEventListener("pagehide", () => void window.messages.publish(1_101, 1_200));
    void window.messages.publish(1_001, 1_100);
    location.replace("about:blank");
  });
  await b.expectLeads();
  await b.expectHeard(a, "1-1200");

  await a.open(server.url);
  expect(a.id).toBe(id);
  await a.page.reload();
  await a.ready();
  expect(a.id).toBe(id);
  await b.publish(1_001, 2_000);
  await a.expectHeard(b, "1001-2000");

  await b.page.close();
  await a.expectLeads();
  await expect.poll(async () => (await a.view()).tabs).toEqual([expect.stringContaining(id)]);
  await a.expectWhole();
});
