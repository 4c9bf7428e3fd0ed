import { describe, expect, it } from "vitest";
import { defineSaga, type SagaDefinition } from "../../saga.js";
import { checkSagas } from "../../testing/saga-invariants.js";
import { Origin, type SagaTab } from "../../testing/sagas.js";

/** What becomes of a tab at the n-th moment at which it does something. */
interface Fate {
  readonly at: number;
  /** `refuse`: it lives on, but the store fails. */
  readonly how: "crash" | "freeze" | "hide" | "refuse";
}

/** The moments of a tab: around each append and request, and after each await; and its fate at one. */
class Moments {
  count = 0;
  /** What happened at each. */
  readonly log: string[] = [];
  readonly #tab: SagaTab;
  readonly #fate: Fate | undefined;

  constructor(tab: SagaTab, fate?: Fate) {
    this.#tab = tab;
    this.#fate = fate;
    tab.onAppend = (moment, type) => this.next(`${moment} ${type}`);
    tab.onWake = () => this.next("wake");
  }

  async next(what: string): Promise<void> {
    this.log.push(what);
    if (this.count++ !== this.#fate?.at) return;
    const { locks } = this.#tab;
    if (this.#fate.how === "refuse") throw new Error("The store has failed");
    if (this.#fate.how === "crash") {
      this.#tab.crash();
      return new Promise(() => {});
    }
    if (this.#fate.how === "hide") locks.hide();
    await locks.freeze({ silently: true });
    await this.#tab.wait(Promise.resolve());
  }
}

/** @param failing - the step that fails, before it has done anything */
function checkout(tab: SagaTab, moments: Moments, failing?: string): SagaDefinition {
  const request = async (key: string): Promise<void> => {
    await moments.next(`before ${key}`);
    const answer = tab.request(key);
    await moments.next(`during ${key}`);
    await answer;
    await moments.next(`after ${key}`);
  };
  return defineSaga("checkout", {
    version: 1,
    steps: ["stock", "pay", "mail"].map((name) => ({
      name,
      action: async ({ idempotencyKey }) => {
        if (name === failing) throw new Error(`no ${name}`);
        await request(idempotencyKey);
        return name;
      },
      compensation: ({ idempotencyKey }) => request(idempotencyKey),
    })),
  });
}

/** Has tabs with the fates given run a saga, one after the other, and one that is spared. */
async function live(fates: readonly Fate[], failing?: string) {
  const origin = new Origin();
  const tabs = [...fates, undefined].map((fate) => {
    const tab = origin.open();
    return { tab, moments: new Moments(tab, fate) };
  });
  for (const { tab, moments } of tabs) {
    tab.sagas.register(checkout(tab, moments, failing));
    await origin.pass(0);
  }
  const [first, last] = [tabs[0] as (typeof tabs)[0], tabs.at(-1) as (typeof tabs)[0]];
  first.tab.sagas.start("checkout", { total: 5 }, { id: "cart-7" }).catch(() => {});
  await origin.pass(1_000);
  // Whoever clicked sees nothing, and clicks again.
  const handle = last.tab.sagas.start("checkout", { total: 5 }, { id: "cart-7" });
  // A tab is stolen from when it was silent for five seconds, the next one after that.
  await origin.pass(500 + fates.length * 7_000, 250);
  for (const { tab } of tabs) {
    if (tab.isGone) continue;
    tab.locks.show();
    tab.locks.thaw();
  }
  await origin.pass(2_000, 250);
  return { origin, tabs, moments: first.moments, outcome: await (await handle).done };
}

const variants = [
  { what: "that succeeds", failing: undefined },
  { what: "of which a step fails", failing: "mail" },
] as const;

describe.each(variants)("a saga $what", ({ failing }) => {
  async function check(fates: readonly Fate[], warnings: string[] = []): Promise<void> {
    const { origin, tabs, outcome } = await live(fates, failing);
    await checkSagas(origin);
    expect(outcome).toMatchObject(
      failing
        ? { success: false, compensated: ["pay", "stock"], error: new Error("no mail") }
        : { success: true, results: { stock: "stock", pay: "pay", mail: "mail" } },
    );
    expect(tabs.flatMap(({ tab }) => tab.codes())).toEqual(warnings);
    // Each tab that is lost may have asked once for what the next one asks for again.
    for (const count of origin.server.requests.values()) {
      expect(count).toBeLessThanOrEqual(fates.length + 1);
    }
  }

  it.each(["crash", "freeze", "hide"] as const)(
    "has one outcome wherever its tab meets its end: %s",
    async (how) => {
      const { moments } = await live([], failing);
      expect(moments.log).toContain("before begun");
      expect(moments.log).toContain("after ended");
      expect(moments.count).toBeGreaterThan(100);

      for (let at = 0; at < moments.count; at += 1) await check([{ at, how }]);
    },
    60_000,
  );

  it("has one outcome whenever the store fails, before or after the commit", async () => {
    const { moments } = await live([], failing);
    for (const [at, moment] of moments.log.entries()) {
      if (moment === "wake" || moment.includes("checkout/")) continue;
      // Whoever starts it gets the error; of what comes later a warning tells.
      const warning = moment.endsWith("fence") ? "SAGA_NOT_RUN" : "SAGA_JOURNAL_FAILED";
      await check([{ at, how: "refuse" }], moment.endsWith("begun") ? [] : [warning]);
    }
  });

  it("has one outcome also when the tab that takes over meets its own", async () => {
    const { moments } = await live([], failing);
    const ways = ["crash", "freeze", "hide"] as const;

    for (let at = 0; at < moments.count; at += 7) {
      for (let next = at % 11; next < moments.count; next += 11) {
        const how = ways[(at + next) % 3] as Fate["how"];
        await check([
          { at, how },
          { at: next, how: ways[at % 3] as Fate["how"] },
        ]);
      }
    }
  }, 120_000);
});
