import { expect, it } from "vitest";
import type { OrderRow } from "../../src/order-rows.js";
import { sumUp } from "./sum-up.js";

function row(state: OrderRow["state"], total: number, changedAt: number): OrderRow {
  return { orderId: `o${changedAt}`, state, total, placedAt: 0, changedAt };
}

it("counts what is paid and what was undone", () => {
  const rows = [
    row("paid", 100, 3),
    row("cancelled", 50, 9),
    row("placed", 7, 4),
    row("paid", 20, 5),
  ];

  expect(sumUp(rows)).toEqual({ orders: 2, revenue: 120, rollbacks: 1, changedAt: 9 });
  expect(sumUp([])).toEqual({ orders: 0, revenue: 0, rollbacks: 0, changedAt: 0 });
});
