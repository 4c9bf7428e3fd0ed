// @vitest-environment happy-dom
// Runs in three engines, and with stores in memory as fast as a unit test.
import { once } from "@pubsub-mfe/core";
import { createLocks, type Locks } from "@pubsub-mfe/core/locks";
import { MemoryLockStore } from "@pubsub-mfe/core/testing";
import { Cqrs } from "@pubsub-mfe/patterns/cqrs";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import type { Bank } from "./checkout.js";
import type { OrderQueries } from "./contract.js";
import { openPage } from "./page.js";
import type { Supplier } from "./stock.js";

// @ts-expect-error its types are not where its exports are
if (!globalThis.indexedDB) await import("fake-indexeddb/auto");

const items = [
  { sku: "LAN-1", count: 1, price: 4_200 },
  { sku: "STO-1", count: 2, price: 8_900 },
];
const TOTAL = 22_000;

let shop: string;
let openTab: () => ReturnType<typeof openPage>;
/** What the bank was asked, by key, and what of it holds. */
let charges: string[];
let paid: Map<string, number>;
let reserved: Set<string>;
let supplierIsDown: boolean;
/** Lets the bank answer; a test may have it wait. */
let bankAnswers: Promise<void>;
let bankIsAsked: () => void;

beforeEach(() => {
  shop = `order-${crypto.randomUUID()}`;
  charges = [];
  paid = new Map();
  reserved = new Set();
  supplierIsDown = false;
  bankAnswers = Promise.resolve();
  bankIsAsked = () => {};
  const bank: Bank = {
    async charge(key, cents) {
      charges.push(key);
      paid.set(key, cents);
      bankIsAsked();
      await bankAnswers;
      return `receipt of ${key}`;
    },
    async refund(key) {
      paid.delete(key);
    },
  };
  const check = (): void => {
    if (supplierIsDown) throw new Error("The supplier is down");
  };
  const supplier: Supplier = {
    async stock() {
      check();
      return 7;
    },
    async reserve(key) {
      check();
      reserved.add(key);
      return key;
    },
    async release(key) {
      reserved.delete(key);
    },
  };
  const origin = new MemoryLockStore();
  const locksOfTab = (): Locks =>
    navigator.locks ? createLocks({ dbName: `${shop}-locks` }) : origin.tab();
  openTab = async () => {
    const page = await openPage({ shop, bank, supplier, locks: locksOfTab() });
    onTestFinished(() => page.close());
    return page;
  };
});

function queriesOf({ bus }: Awaited<ReturnType<typeof openPage>>) {
  return new Cqrs<object, OrderQueries>({ commandBus: bus, queryBus: bus, eventBus: bus });
}

it("an order is reserved, placed, paid once and confirmed, and the dashboard shows it", async () => {
  const page = await openTab();
  const isPaid = once(page.bus, "order.paid");

  const { done } = await page.checkout({ orderId: "o/1", items });

  expect(await done).toMatchObject({ success: true, results: { order: { total: TOTAL } } });
  expect([...paid.values()]).toEqual([TOTAL]);
  expect((await isPaid).payload).toMatchObject({ orderId: "o/1" });
  const row = await queriesOf(page).executeQuery(
    "queries.order.get",
    { orderId: "o/1" },
    { after: await page.head() },
  );
  expect(row).toEqual({ orderId: "o/1", status: "paid", total: TOTAL });
  const { complete, values } = await page.loadDashboard(["LAN-1"]);
  expect(complete).toBe(true);
  expect(values).toEqual({ orders: [row], stock: { "LAN-1": 7 } });
});

it("two clicks, and another tab, with one cart are one order", async () => {
  const [a, b] = [await openTab(), await openTab()];
  const cart = { orderId: "o-2", items };

  const handles = await Promise.all([a.checkout(cart), a.checkout(cart), b.checkout(cart)]);
  const outcomes = await Promise.all(handles.map(({ done }) => done));

  expect(outcomes.map(({ success }) => success)).toEqual([true, true, true]);
  expect(charges).toHaveLength(1);
  expect([...paid.values()]).toEqual([TOTAL]);
});

it("a tab that is closed while the bank works leaves the rest to another: one charge, one order", async () => {
  const [a, b] = [await openTab(), await openTab()];
  bankAnswers = new Promise(() => {});
  const asked = new Promise<void>((resolve) => {
    bankIsAsked = resolve;
  });
  void a.checkout({ orderId: "o-3", items });
  await asked;

  bankAnswers = Promise.resolve();
  await a.close();

  const { done } = await b.resumed("o-3");
  expect(await done).toMatchObject({ success: true });
  expect(new Set(charges)).toEqual(new Set(["checkout/o-3/payment"]));
  expect([...paid.values()]).toEqual([TOTAL]);
});

it("a supplier that is down has the checkout undone, and the shop goes on with what it remembers", async () => {
  const page = await openTab();
  expect((await page.loadDashboard(["LAN-1"])).values).toMatchObject({ stock: { "LAN-1": 7 } });
  supplierIsDown = true;
  const isOpen = once(page.bus, "circuit.opened");

  const { done } = await page.checkout({ orderId: "o-4", items });
  const outcome = await done;
  expect(outcome).toMatchObject({ success: false, compensated: ["stock"] });
  await page.loadDashboard(["LAN-1"]);
  await isOpen;

  expect(page.breaker.state).toBe("OPEN");
  expect(charges).toEqual([]);
  expect((await page.loadDashboard(["LAN-1"])).values).toMatchObject({ stock: { "LAN-1": 7 } });
  expect(await queriesOf(page).executeQuery("queries.orders.list")).toEqual([]);
  expect(reserved.size).toBe(0);
});
