import { expect, test } from "@playwright/test";
import type { PageServer } from "./page-server.js";
import { Bank, openSagaTab, serveSagaPage } from "./saga-page.js";

let server: PageServer;

test.beforeAll(async () => {
  server = await serveSagaPage();
});

test.afterAll(() => server.close());

/** Numbers from 0 to 1 that are the same each time. */
function* chance(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

test("a tab that crashes at any of 20 moments leaves its checkout to another, which charges once", async ({
  context,
}) => {
  test.setTimeout(120_000);
  const bank = new Bank();
  await bank.serve(context);
  const survivor = await openSagaTab(context, server.url);
  const random = chance(20);

  for (let round = 0; round < 20; round += 1) {
    const isRefused = round % 2 === 1;
    const id = `cart ${round}${isRefused ? " refused" : ""}`;
    // The first tab of an origin runs the sagas: so the one that is to crash takes over first.
    const crashing = await openSagaTab(context, server.url);
    await survivor.reload();
    await survivor.waitForFunction(() => window.start !== undefined);

    const requests = 1 + Math.floor(random.next().value * (isRefused ? 4 : 3));
    const moment = bank.askedAgain(requests);
    void crashing.evaluate((id) => window.start(id), id).catch(() => {});
    await moment;
    await new Promise((resolve) => setTimeout(resolve, random.next().value * 6));
    await crashing.goto("chrome://crash").catch(() => {});

    const end = await survivor.evaluate((id) => window.join(id), id);
    await crashing.close();

    expect(end.success, id).toBe(!isRefused);
    const key = (step: string): string => `checkout/${encodeURIComponent(id)}/${step}`;
    const own = (service: string): string[] =>
      bank.keysOf(service).filter((each) => each.startsWith(key("")));
    expect(own("reserve"), id).toEqual([key("stock")]);
    expect(own("charge"), id).toEqual([key("payment")]);
    expect(own("ship"), id).toEqual(isRefused ? [] : [key("shipping")]);
    expect(own("refund"), id).toEqual(isRefused ? [key("payment")] : []);
    expect(own("release"), id).toEqual(isRefused ? [key("stock")] : []);
  }

  const statuses = (await survivor.evaluate(() => window.list())).map((each) =>
    each.slice(each.lastIndexOf(" ") + 1),
  );
  expect(statuses.toSorted()).toEqual([
    ...Array(10).fill("completed"),
    ...Array(10).fill("failed"),
  ]);
});
