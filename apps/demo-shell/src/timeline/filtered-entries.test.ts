import { describe, expect, it } from "vitest";
import type { Entry, MessageEntry } from "../traffic/entry.js";
import { FilteredEntries } from "./filtered-entries.js";
import { parseFilter, type TopicFilter } from "./topic-filter.js";

function entry(topic: string, n = 0): MessageEntry {
  const message = { id: `${topic}-${n}`, topic, ts: n, payload: undefined };
  return { kind: "message", message, way: "this tab", leaves: true, cameAt: 0, receipts: [] };
}

function numbers(rows: readonly Entry[]): unknown[] {
  return rows.map((row) => (row.kind === "message" ? row.message.ts : row.title));
}

/** Counts how often it is asked. */
function counting(text: string): TopicFilter & { asked: number } {
  const filter = parseFilter(text);
  return {
    ...filter,
    asked: 0,
    accepts(topic) {
      this.asked += 1;
      return filter.accepts(topic);
    },
  };
}

describe("FilteredEntries", () => {
  it("matches each entry once, however often it is updated", () => {
    const source = { entries: [entry("cart.a", 1), entry("rpc.b", 2)] as Entry[], dropped: 0 };
    const filter = counting("cart.#");
    const filtered = new FilteredEntries(source, filter);

    source.entries.push(entry("cart.c", 3));
    filtered.update();
    filtered.update();

    expect(numbers(filtered.rows)).toEqual([1, 3]);
    expect(filter.asked).toBe(3);
  });

  it("shows notes whatever the filter", () => {
    const note: Entry = { kind: "note", ts: 1, title: "gap", text: "3 missing" };
    const source = { entries: [entry("rpc.a", 1), note], dropped: 0 };

    expect(numbers(new FilteredEntries(source, parseFilter("cart.#")).rows)).toEqual(["gap"]);
  });

  it("lets go of what the source dropped, and says how many rows that were", () => {
    const source = {
      entries: [entry("cart.a", 1), entry("rpc.b", 2), entry("cart.c", 3)] as Entry[],
      dropped: 0,
    };
    const filter = counting("cart.#");
    const filtered = new FilteredEntries(source, filter);

    source.entries.splice(0, 2);
    source.dropped = 2;
    source.entries.push(entry("cart.d", 4));

    expect(filtered.update()).toBe(1);
    expect(numbers(filtered.rows)).toEqual([3, 4]);
    expect(filter.asked).toBe(4);
  });

  it("goes on where everything that it had seen was dropped", () => {
    const source = { entries: [entry("cart.a", 1)] as Entry[], dropped: 0 };
    const filtered = new FilteredEntries(source, parseFilter("#"));

    source.entries.splice(0, 1, entry("cart.c", 3));
    source.dropped = 2;

    expect(filtered.update()).toBe(1);
    expect(numbers(filtered.rows)).toEqual([3]);
  });

  it("takes in the past, which is put in front", () => {
    const source = { entries: [entry("cart.c", 3)] as Entry[], dropped: 0 };
    const filtered = new FilteredEntries(source, parseFilter("#"));

    source.entries.unshift(entry("cart.a", 1), entry("cart.b", 2));
    filtered.update();

    expect(numbers(filtered.rows)).toEqual([1, 2, 3]);
  });

  it("begins anew with another filter", () => {
    const source = { entries: [entry("cart.a", 1), entry("rpc.b", 2)], dropped: 0 };
    const filtered = new FilteredEntries(source, parseFilter("cart.#"));

    filtered.filter = parseFilter("rpc.#");

    expect(numbers(filtered.rows)).toEqual([2]);
  });

  it("counts what came since a position", () => {
    const source = { entries: [entry("cart.a", 1), entry("rpc.b", 2)] as Entry[], dropped: 0 };
    const filtered = new FilteredEntries(source, parseFilter("cart.#"));

    source.entries.push(entry("rpc.c", 3), entry("cart.d", 4));
    filtered.update();

    expect(filtered.countSince(2)).toBe(1);
    expect(filtered.countSince(0)).toBe(2);
    expect(filtered.countSince(4)).toBe(0);
  });
});
