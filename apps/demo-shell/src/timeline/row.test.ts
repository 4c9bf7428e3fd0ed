// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import type { MessageEntry, Receipt } from "../traffic/entry.js";
import { Row } from "./row.js";

function entry(topic: string, receipts: Partial<Receipt>[] = []): MessageEntry {
  const message = { id: topic, topic, ts: 0, payload: undefined, meta: { source: "catalog" } };
  return {
    kind: "message",
    message,
    way: "other tab",
    leaves: true,
    cameAt: 0,
    receipts: receipts as Receipt[],
  };
}

function cells({ element }: Row): (string | null)[] {
  return [...element.children].slice(1).map(({ textContent }) => textContent);
}

describe("Row", () => {
  it("says who got it, the longest time, and that a handler failed", () => {
    const row = new Row();

    row.draw(
      entry("order.paid", [
        { copy: "cart", outcome: "done", durationMs: 2 },
        { copy: "cart", outcome: "failed", durationMs: 0.3 },
        { copy: "analytics", outcome: "filtered", durationMs: 0 },
      ]),
      false,
    );

    expect(cells(row)).toEqual(["catalog", "✕ order.paid", "cart ", "2.0 ms", "⇄other tab"]);
    expect(row.element.classList.contains("failed")).toBe(true);
  });

  it("keeps nothing of what it was used for before", () => {
    const row = new Row();
    row.draw(entry("order.paid", [{ copy: "cart", outcome: "failed", durationMs: 2 }]), true);

    row.draw({ kind: "note", ts: 0, title: "gap", text: "3 missing" }, false);
    expect(cells(row)).toEqual(["✕ gap", "3 missing", "", "", "⇄other tab"]);

    row.draw(entry("cart.ready"), false);
    expect(cells(row)).toEqual(["catalog", "cart.ready", "", "", "⇄other tab"]);
    expect(row.element.className).toBe("row");
    expect(row.element.ariaSelected).toBe("false");
  });
});
