import { describe, expect, it } from "vitest";
import type { Entry } from "../traffic/entry.js";
import { toJsonLines } from "./json-lines.js";

function entry(payload: unknown): Entry {
  return {
    kind: "message",
    message: { id: "m-1", topic: "cart.item.added", ts: 7, payload, meta: { source: "catalog" } },
    way: "this tab",
    leaves: true,
    cameAt: 0,
    receipts: [
      {
        copy: "cart",
        pattern: "cart.#",
        subscriptionId: 1,
        outcome: "done",
        durationMs: 2,
        settledMs: undefined,
        waitedMs: 1,
        error: undefined,
      },
    ],
  };
}

function parse(payload: unknown) {
  const lines = toJsonLines([entry(payload)]);
  expect(lines.match(/\n/g)).toHaveLength(1);
  return JSON.parse(lines);
}

describe("toJsonLines", () => {
  it("writes one envelope to a line, with its receipts", () => {
    const note: Entry = { kind: "note", ts: 8, title: "gap", text: "3 missing" };

    const lines = toJsonLines([entry({ text: "two\nlines \u2028" }), note]).split("\n");

    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] as string)).toEqual({
      id: "m-1",
      topic: "cart.item.added",
      ts: 7,
      payload: { text: "two\nlines \u2028" },
      meta: { source: "catalog" },
      way: "this tab",
      leaves: true,
      receipts: [expect.objectContaining({ copy: "cart", outcome: "done", durationMs: 2 })],
    });
    expect(JSON.parse(lines[1] as string)).toEqual({ note: "gap", ts: 8, text: "3 missing" });
    expect(lines[2]).toBe("");
  });

  it.each([
    [undefined, null, ["payload: undefined, as null"]],
    [{ a: undefined }, { a: null }, ["payload.a: undefined, as null"]],
    [
      [Number.NaN, -0],
      [null, 0],
      ["payload[0]: NaN, as null", "payload[1]: -0, as 0"],
    ],
    [12n, "12", ["payload: a bigint, as text"]],
    [new Date(0), "1970-01-01T00:00:00.000Z", ["payload: a Date, as text"]],
    [new Date(Number.NaN), "Invalid Date", ["payload: a Date, as text"]],
    [new Map([["a", 1]]), [["a", 1]], ["payload: a Map, as a list of its entries"]],
    [new Set([1]), [1], ["payload: a Set, as a list"]],
    [new Uint8Array([1, 2]), [1, 2], ["payload: Uint8Array, as its bytes"]],
    [
      new TypeError("no"),
      { name: "TypeError", message: "no" },
      ["payload: an Error, as its name and message"],
    ],
    [() => {}, null, ["payload: a function, left out"]],
  ])("says of %s what JSON does not hold", (payload, plain, notInJson) => {
    expect(parse(payload)).toMatchObject({ payload: plain, notInJson });
  });

  it("ends at what refers back to itself, and does not take two references for that", () => {
    const shared = { sku: "A-1" };
    const payload: Record<string, unknown> = { one: shared, two: shared };
    payload.self = payload;

    expect(parse(payload)).toMatchObject({
      payload: { one: { sku: "A-1" }, two: { sku: "A-1" }, self: null },
      notInJson: ["payload.self: refers back to what it stands in, as null"],
    });
  });

  it("names some losses, and counts the others", () => {
    const { notInJson } = parse(Array.from({ length: 30 }, () => undefined));

    expect(notInJson).toHaveLength(21);
    expect(notInJson.at(-1)).toBe("and 10 more");
  });

  it("ends where it is nested too deep", () => {
    let payload: unknown = "core";
    for (let n = 0; n < 5_000; n++) payload = [payload];

    expect(parse(payload).notInJson[0]).toContain("nested too deep");
  });
});
