import { describe, expect, it } from "vitest";
import type { Entry } from "../traffic/entry.js";
import { OTHERS, TopicBook, type TopicNode } from "./topic-book.js";

function entry(topic: string, ts: number, source?: string): Entry {
  const meta = source === undefined ? {} : { meta: { source } };
  const message = { id: `${topic}${ts}`, topic, ts, payload: undefined, ...meta };
  return { kind: "message", message, way: "this tab", leaves: true, cameAt: 0, receipts: [] };
}

function at(book: TopicBook, ...path: string[]): TopicNode {
  return path.reduce((node, name) => node.children.get(name) as TopicNode, book.root);
}

describe("TopicBook", () => {
  it("counts each message once, under its topic and all that it is below", () => {
    const source = {
      entries: [entry("cart.item.added", 1, "catalog"), entry("cart.item.removed", 2)],
      dropped: 0,
    };
    const book = new TopicBook(source);
    book.update();
    source.entries.push(entry("cart.item", 3, "cart"));
    book.update();
    book.update();

    expect(at(book, "cart").count).toBe(3);
    expect(at(book, "cart", "item")).toMatchObject({ path: "cart.item", count: 3, own: 1 });
    expect([...at(book, "cart", "item", "added").sources]).toEqual(["catalog"]);
    expect([...book.topics]).toEqual(["cart.item.added", "cart.item.removed", "cart.item"]);
  });

  it("goes on where the source dropped entries, also such as it never saw", () => {
    const source = { entries: [entry("a", 1)], dropped: 0 };
    const book = new TopicBook(source);
    book.update();

    source.entries.splice(0, 1, entry("a", 9));
    source.dropped = 8;
    book.update();

    expect(at(book, "a").count).toBe(2);
  });

  it("tells the rate of the last ten seconds", () => {
    const entries = Array.from({ length: 30 }, (_each, n) => entry("a", 100_000 + n * 100));
    const book = new TopicBook({ entries, dropped: 0 });
    book.update();

    expect(at(book, "a").rate(103_000)).toBe(3);
    expect(at(book, "a").rate(110_000)).toBe(2);
    expect(at(book, "a").rate(200_000)).toBe(0);
    expect(at(book, "a").count).toBe(30);
  });

  it("does not take what is old for something of now", () => {
    const book = new TopicBook({ entries: [entry("a", 100_000), entry("a", 50_000)], dropped: 0 });
    book.update();

    expect(at(book, "a").rate(100_000)).toBe(0.1);
  });

  it("counts topics together that differ by an id", () => {
    const [one, other] = ["rpc.response.0a1b2c3d4e5f6a7b", "rpc.response.ffeeddccbbaa9988"];
    const book = new TopicBook({ entries: [entry(one, 1), entry(other, 2)], dropped: 0 });
    book.update();

    expect(at(book, "rpc", "response", "+")).toMatchObject({ path: "rpc.response.+", count: 2 });
    expect([...book.topics]).toEqual([one]);
  });

  it("counts together what would be too much beside each other", () => {
    const entries = Array.from({ length: 300 }, (_each, n) => entry(`rpc.response.${n}`, n));
    const book = new TopicBook({ entries, dropped: 0 });
    book.update();

    const { children, count } = at(book, "rpc", "response");
    expect(count).toBe(300);
    expect(children.size).toBe(101);
    expect(children.get(OTHERS)?.count).toBe(200);
  });
});
