import { expect, type Page, test } from "@playwright/test";
import { addFrame, FramesServer, type Told } from "./frames-page.js";
import { launchCachingBrowser } from "./life-cycle-browsers.js";

const servers = [new FramesServer(), new FramesServer()] as const;
let shop: string;
let pay: string;
/** Where {@link pay} can be had as well, as another origin. */
let elsewhere: string;

test.beforeAll(async () => {
  shop = await servers[0].listen("127.0.0.1");
  pay = await servers[1].listen("localhost");
  elsewhere = pay.replace("localhost", "127.0.0.1");
});

test.afterAll(() => {
  for (const server of servers) server.close();
});

const frameUrl = (name: string, origin = shop, at = pay) =>
  `${at}/frame?name=${name}&origin=${encodeURIComponent(origin)}`;

async function openHost(page: Page): Promise<void> {
  await page.goto(`${shop}/host`);
  await page.waitForFunction(() => typeof window.connect === "function");
}

async function connect(page: Page, id: string, origin = pay): Promise<void> {
  await page.evaluate(([id, origin]) => window.connect(id, { origin }), [id, origin] as const);
}

async function publish(page: Page, id: string, topic: string, payload: unknown): Promise<void> {
  await page.evaluate(([id, topic, payload]) => void window.buses[id]?.publish(topic, payload), [
    id,
    topic,
    payload,
  ] as const);
}

const told = (page: Page, id: string): Promise<Told | undefined> =>
  page.evaluate((id) => window.peers[id], id);

/** The payloads of a topic that the page got over a connection. */
async function payloads(page: Page, id: string, topic: string): Promise<unknown[]> {
  const { received = [] } = (await told(page, id)) ?? {};
  return received.filter((message) => message.topic === topic).map(({ payload }) => payload);
}

test("a page and a frame of another origin hear each other", async ({ page }) => {
  await openHost(page);
  await addFrame(page, "a", frameUrl("a"));
  await connect(page, "a");

  const answer = await page.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        window.buses.a?.subscribe("answer", ({ payload }) => {
          const { map, date, big } = payload.payload;
          resolve(map.get("k") === 1 && date.getTime() === 0 && big === 2n ** 70n);
        });
        const payload = { map: new Map([["k", 1]]), date: new Date(0), big: 2n ** 70n };
        window.buses.a?.publish("ask", payload);
      }),
  );

  expect(answer).toBe(true);
  const { received = [], codes, states } = (await told(page, "a")) ?? {};
  expect(received.find(({ topic }) => topic === "there")?.meta).toMatchObject({ _origin: pay });
  expect(received.find(({ topic }) => topic === "answer")?.payload.meta).toMatchObject({
    _crossTab: true,
    _origin: shop,
  });
  expect([codes, states]).toEqual([[], ["connected"]]);
});

test("a frame of another origin than the expected one gets nothing", async ({ page }) => {
  await openHost(page);
  const frame = await addFrame(page, "a", frameUrl("a", shop, elsewhere));
  await connect(page, "a");
  await publish(page, "a", "ask", "secret");

  await expect.poll(async () => (await told(page, "a"))?.codes).toEqual(["ORIGIN_REFUSED"]);
  expect(await frame.evaluate(() => window.peers?.parent)).toMatchObject({
    states: [],
    received: [{ topic: "there" }],
  });
  expect((await told(page, "a"))?.states).toEqual([]);
});

test("a frame does not connect with a parent that it has not listed", async ({ page }) => {
  await openHost(page);
  const frame = await addFrame(page, "a", frameUrl("a", "https://shop.example"));
  await connect(page, "a");
  await publish(page, "a", "ask", 1);

  await expect
    .poll(() => frame.evaluate(() => window.peers?.parent?.codes))
    .toEqual(["ORIGIN_REFUSED"]);
  expect(await frame.evaluate(() => window.peers?.parent?.states)).toEqual([]);
  expect((await told(page, "a"))?.states).toEqual([]);
});

test("a frame that reloads is connected anew, and gets what was published meanwhile", async ({
  page,
}) => {
  await openHost(page);
  await addFrame(page, "a", frameUrl("a"));
  await connect(page, "a");
  await expect.poll(() => payloads(page, "a", "there")).toEqual(["a"]);

  await page.evaluate(() => {
    const iframe = document.getElementById("a") as HTMLIFrameElement;
    iframe.src = `${iframe.src}&again`;
  });
  await expect.poll(async () => (await told(page, "a"))?.states).toContain("connecting");
  await publish(page, "a", "ask", "after");

  await expect.poll(() => payloads(page, "a", "there")).toEqual(["a", "a"]);
  await expect.poll(() => payloads(page, "a", "answer")).toMatchObject([{ payload: "after" }]);
  expect((await told(page, "a"))?.states).toEqual(["connected", "connecting", "connected"]);
});

test("a frame that goes elsewhere hears nothing there, and is connected when it comes back", async ({
  page,
}) => {
  await openHost(page);
  const frame = await addFrame(page, "a", frameUrl("a"));
  await connect(page, "a");
  await expect.poll(async () => (await told(page, "a"))?.states).toEqual(["connected"]);

  const go = (src: string) =>
    page.evaluate((src) => {
      (document.getElementById("a") as HTMLIFrameElement).src = src;
    }, src);
  await go(frameUrl("evil", shop, elsewhere));
  await expect.poll(async () => (await told(page, "a"))?.codes).toEqual(["ORIGIN_REFUSED"]);
  await publish(page, "a", "ask", "secret");
  expect(await frame.evaluate(() => window.peers?.parent?.received)).toHaveLength(1);
  await go(frameUrl("back"));

  await expect
    .poll(() => payloads(page, "a", "answer"))
    .toMatchObject([{ name: "back", payload: "secret" }]);
});

test("two frames of one origin are not crossed", async ({ page }) => {
  await openHost(page);
  for (const id of ["a", "b"]) {
    await addFrame(page, id, frameUrl(id));
    await connect(page, id);
  }
  for (const id of ["a", "b"]) await publish(page, id, "ask", `for ${id}`);

  for (const id of ["a", "b"]) {
    await expect
      .poll(() => payloads(page, id, "answer"))
      .toMatchObject([{ name: id, payload: `for ${id}` }]);
    expect(await payloads(page, id, "there")).toEqual([id]);
  }
});

test("a function in a payload costs that message alone", async ({ page }) => {
  await openHost(page);
  await addFrame(page, "a", frameUrl("a"));
  await connect(page, "a");

  await page.evaluate(async () => {
    const bus = window.buses.a;
    for (const payload of [1, () => {}, 2]) bus?.publish("ask", payload);
    await window.connections.a?.connected;
    for (const payload of [3, { onClick() {} }, 4]) bus?.publish("ask", payload);
  });

  await expect
    .poll(() => payloads(page, "a", "answer"))
    .toMatchObject([1, 2, 3, 4].map((payload) => ({ payload })));
  expect((await told(page, "a"))?.codes).toEqual([
    "MESSAGE_NOT_CLONEABLE",
    "MESSAGE_NOT_CLONEABLE",
  ]);
});

test("a frame that was there first is connected at once", async ({ page }) => {
  await openHost(page);
  const frame = await addFrame(page, "a", frameUrl("a"));
  await frame.waitForFunction(() => window.connections?.parent !== undefined);

  await connect(page, "a");

  await expect.poll(() => payloads(page, "a", "there")).toEqual(["a"]);
});

test("a connection outlasts the back/forward cache", async () => {
  test.slow(); // it starts a browser of its own
  const browser = await launchCachingBrowser();
  const page = await browser.newPage();
  await openHost(page);
  await addFrame(page, "a", frameUrl("a"));
  await connect(page, "a");
  await expect.poll(async () => (await told(page, "a"))?.states).toEqual(["connected"]);

  await page.goto(`${shop}/plain`);
  // A page out of the cache is there without another load, with all that it had.
  await page.goBack({ waitUntil: "commit" });
  await publish(page, "a", "ask", "back");

  await expect.poll(() => payloads(page, "a", "answer")).toMatchObject([{ payload: "back" }]);
  expect((await told(page, "a"))?.states).toEqual(["connected"]);
  await browser.close();
});
