import { expect, test } from "@playwright/test";
import { BACK_ENDS, type BackEnd, HistoryServer, openLog, Profile } from "./history-page.js";

/** On each of the two back ends. */
const ROUNDS = 10;

let server: HistoryServer;
let profile: Profile;

test.beforeEach(async () => {
  server = await new HistoryServer().listen();
});

test.afterEach(async () => {
  await profile.remove();
  server.close();
});

for (const backEnd of BACK_ENDS) {
  test.describe(`on ${backEnd}`, () => {
    test.setTimeout(120_000);

    test.beforeEach(() => {
      profile = new Profile(backEnd as BackEnd);
    });

    test("what was acknowledged is there when the renderer was killed", async () => {
      const browser = await profile.launch();
      const reader = await openLog(browser, server.url);
      for (let round = 0; round < ROUNDS; round += 1) {
        const page = await openLog(browser, server.url);
        await page.evaluate((n) => void window.burst(n), round);
        await server.untilAcknowledged(round, 100 + 40 * (round % 7));

        const session = await page.createCDPSession();
        const crashed = new Promise((resolve) => page.once("error", resolve));
        session.send("Page.crash").catch(() => {}); // it never answers
        await crashed;
        const acknowledged = server.acknowledgedOf(round);
        await page.close();

        const stored = await reader.evaluate((n) => window.stored(n), round);
        expect(stored).toBeGreaterThanOrEqual(acknowledged);
      }
    });

    test("what was acknowledged is there when the browser was killed", async () => {
      // Killed in the middle of a write, Chromium leaves half a record at the end of LevelDB's log, and
      // goes on behind it at the next start. The start after that takes it for corrupt, and deletes all
      // that the origin has. So each origin is killed once here before it is looked at.
      const isOnLevelDb = backEnd === "LevelDB";
      const isNew = (round: number) => (isOnLevelDb ? round % 2 === 0 : round === 0);
      const last = isOnLevelDb ? 2 * ROUNDS - 1 : ROUNDS;
      for (let round = 0; round <= last; round += 1) {
        const url = isOnLevelDb ? server.urlOfOrigin(round >> 1) : server.url;
        await profile.spawn(`${url}?round=${round}`);
        await server.untilAcknowledged(round, 100 + 40 * (round % 7));
        await profile.kill();

        if (isNew(round)) continue;
        const before = round - 1;
        expect(server.found.get(before)).toBeGreaterThanOrEqual(server.acknowledgedOf(before));
      }
    });

    for (const [how, leave] of [
      ["navigates", (url: string) => void location.assign(`${url}empty`)],
      ["is closed", () => {}],
    ] as const) {
      test(`what waits behind a transaction is stored when the page ${how}`, async () => {
        const browser = await profile.launch();
        // 1,000 are more than one batch; what is read by a subscription stands in their way.
        for (const [round, waiting] of [200, 1_000, 200, 1_000, 1_000].entries()) {
          const page = await openLog(browser, server.url);
          if (round % 2 === 1) await page.evaluate(() => window.follow());
          await page.evaluate(
            async (n, waiting, url, source) => {
              await window.crowd(n, waiting);
              new Function("url", `(${source})(url)`)(url);
            },
            round,
            waiting,
            server.url,
            String(leave),
          );
          await page.close();

          const reader = await openLog(browser, server.url);
          expect(await reader.evaluate((n) => window.stored(n), round)).toBe(waiting + 1);
          await reader.close();
        }
      });
    }
  });
}
