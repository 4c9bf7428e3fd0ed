import { expect, test } from "@playwright/test";
import type { Browser, Page } from "puppeteer-core";
import { BACK_ENDS, HistoryServer, openLog, Profile, untilAttached } from "./history-page.js";

let server: HistoryServer;
let profile: Profile;
let browser: Browser;

async function start(backEnd: (typeof BACK_ENDS)[number] = "LevelDB"): Promise<void> {
  profile = new Profile(backEnd);
  browser = await profile.launch();
}

/** Run in a page: settles when no page holds the database open any more. */
const deleteLog = () =>
  new Promise((resolve) => {
    const request = indexedDB.deleteDatabase("pubsub-history");
    request.onsuccess = () => resolve("deleted");
  });

test.beforeEach(async () => {
  server = await new HistoryServer().listen();
});

test.afterEach(async () => {
  await profile.remove();
  server.close();
});

async function origin(page: Page) {
  return { session: await page.createCDPSession(), origin: new URL(page.url()).origin };
}

/** What the page was told, once it was told something. */
async function told(page: Page): Promise<string[]> {
  await page.waitForFunction(() => window.told.length > 0);
  return page.evaluate(() => window.told);
}

for (const backEnd of BACK_ENDS) {
  test(`with 5 MB nothing is acknowledged that is not stored, and nothing lost (${backEnd})`, async () => {
    await start(backEnd);
    const page = await browser.newPage();
    // Before there is a database: Chromium remembers for a while how much room it had.
    await page.goto(`${server.url}empty`);
    const cdp = await origin(page);
    await cdp.session.send("Storage.overrideQuotaForOrigin", {
      origin: cdp.origin,
      quotaSize: 5_000_000,
    });
    await page.goto(server.url);
    await untilAttached(page);

    const full = await page.evaluate(async () => {
      const { bus, log } = window;
      // Not to be compressed.
      const random = crypto.getRandomValues(new Uint8Array(10_000));
      const text = Array.from(random, (byte) => String.fromCharCode(32 + (byte % 90))).join("");
      const acknowledged: number[] = [];
      let n = 0;
      while (!log.getStats().degraded) {
        const messages = Array.from({ length: 20 }, () => bus.publish("big", { n: n++, text }));
        const waits = messages.map(({ payload }, at) =>
          log.committed(messages[at] as never).then(
            () => void acknowledged.push(payload.n),
            () => {},
          ),
        );
        await Promise.all(waits);
      }
      bus.publish("big", { n: n++, text });
      const flushed = await log.flush().then(
        () => "acknowledged",
        (error) => error.code,
      );
      const kept = await log.getHistory("big");
      const stored: number[] = [];
      for await (const { message } of log.read("big")) stored.push(message.payload.n);
      const { pending, degraded } = log.getStats();
      const inOrder = kept.every(({ payload }, at) => payload.n === at);
      return { n, acknowledged, flushed, stored, kept: kept.length, inOrder, pending, degraded };
    });

    expect(full.acknowledged).toEqual(full.stored);
    expect(full.stored.length).toBeGreaterThan(20);
    expect(full.flushed).toBe("HISTORY_WRITE_FAILED");
    expect(full).toMatchObject({ degraded: true, kept: full.n, inOrder: true });
    expect(full.pending).toBe(full.n - full.stored.length);
    expect((await told(page)).slice(0, 2)).toEqual([
      "HISTORY_COLLECTED",
      expect.stringMatching(/^storage-degraded: QuotaExceededError/),
    ]);

    await cdp.session.send("Storage.overrideQuotaForOrigin", { origin: cdp.origin });
    const after = await page.evaluate(async () => {
      await window.log.flush();
      window.bus.publish("big", { n: -1 });
      const stored: number[] = [];
      for await (const { message } of window.log.read("big")) stored.push(message.payload.n);
      return { stored, told: window.told.at(-1), stats: window.log.getStats() };
    });

    expect(after.stored).toEqual([...Array.from({ length: full.n }, (_, n) => n), -1]);
    expect(after.stats).toMatchObject({ pending: 0, degraded: false });
    expect(after.told).toBe("HISTORY_RECOVERED");
  });
}

test("a frame without an origin keeps its log in memory, and says so", async () => {
  await start();
  const page = await browser.newPage();
  await page.goto(`${server.url}frame`);
  const frame = await page.waitForFrame((candidate) => candidate.parentFrame() !== null);
  await untilAttached(frame);

  const result = await frame.evaluate(async () => {
    const message = window.bus.publish("a", 1);
    const code = ({ code }: { code: string }) => code;
    return {
      history: (await window.log.getHistory("a")).map(({ payload }) => payload),
      flushed: await window.log.flush().then(() => "acknowledged", code),
      committed: await window.log.committed(message).then(() => "acknowledged", code),
      told: window.told,
      stats: window.log.getStats(),
    };
  });

  expect(result).toMatchObject({
    history: [1],
    flushed: "HISTORY_WRITE_FAILED",
    committed: "HISTORY_WRITE_FAILED",
    told: [expect.stringMatching(/^storage-degraded: The database .* SecurityError/)],
    stats: { attached: true, degraded: true, pending: 1 },
  });
});

test("a log whose data is cleared by the browser goes on in a new database", async () => {
  await start();
  const page = await openLog(browser, server.url);
  const cdp = await origin(page);
  const position = await page.evaluate(async () => {
    window.bus.publish("before", 1);
    return window.log.head();
  });

  for (let round = 0; round < 5; round += 1) {
    await page.evaluate((n) => {
      for (let m = 0; m < 2_000; m += 1) window.bus.publish(`round.${n}`, { n: m });
    }, round);
    await cdp.session.send("Storage.clearDataForOrigin", {
      origin: cdp.origin,
      storageTypes: "indexeddb",
    });
    const next = await page.evaluate(async (n) => {
      const last = window.bus.publish(`after.${n}`, 1);
      await window.log.committed(last);
      const numbers = (await window.log.getHistory(`round.${n}`)).map(({ payload }) => payload.n);
      // What was cleared is gone; what comes after it is all there.
      const isTail = numbers.every((m, at) => m === 2_000 - numbers.length + at);
      return { isTail, stats: window.log.getStats(), errors: window.errors };
    }, round);

    expect(next).toMatchObject({
      isTail: true,
      errors: [],
      stats: { degraded: false, pending: 0 },
    });
  }
  const end = await page.evaluate(async (after) => {
    const read = window.log.read("#", { after })[Symbol.asyncIterator]();
    const code = await read.next().then(
      () => "read",
      (error) => error.code,
    );
    return { code, told: window.told };
  }, position);
  expect(end.code).toBe("STALE_POSITION");
  expect(new Set(end.told)).toEqual(new Set(["HISTORY_DELETED"]));
});

test("another tab may delete the database or take it to a newer layout while a log writes", async () => {
  await start();
  const [page, other] = [await openLog(browser, server.url), await browser.newPage()];
  await other.goto(`${server.url}empty`);
  const publish = () => {
    for (let n = 0; n < 1_000; n += 1) window.bus.publish("a", n);
  };
  await page.evaluate(publish);

  const deleted = await other.evaluate(deleteLog);
  expect(deleted).toBe("deleted");
  const state = await page.evaluate(async () => {
    window.bus.publish("b", 1);
    await window.log.flush();
    return { errors: window.errors, b: (await window.log.getHistory("b")).length };
  });
  expect(state).toEqual({ errors: [], b: 1 });

  await page.evaluate(publish);
  const stores = await other.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open("pubsub-history", 3);
        request.onsuccess = () => {
          const { result } = request;
          resolve([...result.objectStoreNames].length);
          result.close();
        };
      }),
  );
  expect(stores).toBe(11);
  const refused = await page.evaluate(async () => {
    window.bus.publish("c", 1);
    const error = await window.log.flush().catch(({ code }) => code);
    const [received] = await Promise.all([
      new Promise((resolve) => void window.bus.subscribe("d", ({ payload }) => resolve(payload))),
      window.bus.publish("d", 2),
    ]);
    return { error, received, told: window.told, degraded: window.log.getStats().degraded };
  });
  expect(refused).toMatchObject({ error: "HISTORY_WRITE_FAILED", received: 2, degraded: true });
  expect(refused.told.at(-1)).toMatch(/has layout 3, and this one knows layout 2/);
  const version = await other.evaluate(async () => (await indexedDB.databases())[0]?.version);
  expect(version).toBe(3);
});

test("a page with an open log comes out of the back/forward cache, and goes on", async () => {
  await start();
  const [page, other] = [await openLog(browser, server.url), await openLog(browser, server.url)];
  await page.evaluate(async () => {
    window.bus.publish("a", 1);
    await window.log.flush();
  });

  await page.goto(`${server.url}empty`);
  await other.evaluate(async () => {
    window.bus.publish("a", 2);
    await window.log.flush();
  });
  await page.goBack();
  await page.bringToFront();

  const numbers = await page.evaluate(async () => {
    window.bus.publish("a", 3);
    await window.log.flush();
    return (await window.log.getHistory("a")).map(({ payload }) => payload);
  });
  expect(numbers).toEqual([1, 2, 3]);
  expect(await page.evaluate(() => window.fromCache)).toBe(1);
});

test("a page in the back/forward cache keeps nobody from deleting the database", async () => {
  await start();
  const [page, other] = [await openLog(browser, server.url), await browser.newPage()];
  await other.goto(`${server.url}empty`);
  await page.goto(`${server.url}empty`);

  const deleted = await other.evaluate(deleteLog);

  expect(deleted).toBe("deleted");
});
