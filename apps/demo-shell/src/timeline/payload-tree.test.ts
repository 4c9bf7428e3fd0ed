// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { createPayloadTree } from "./payload-tree.js";

/** Opens a branch, as a visitor does. */
function open(branch: Element | null | undefined): HTMLElement {
  const details = branch as HTMLDetailsElement;
  details.open = true;
  details.dispatchEvent(new Event("toggle"));
  return details;
}

function openRoot(payload: unknown): HTMLElement {
  return open(createPayloadTree(payload).querySelector("details"));
}

function childTexts(branch: Element): (string | null)[] {
  return [...branch.children].slice(1).map(({ textContent }) => textContent);
}

describe("createPayloadTree", () => {
  it.each([
    [undefined, "payload: undefined"],
    [null, "payload: null"],
    ["two\nlines", 'payload: "two\\nlines"'],
    [-0, "payload: -0"],
    [12n, "payload: 12n"],
    [{}, "payload: Object (0)"],
    [new Date(0), "payload: Date 1970-01-01T00:00:00.000Z"],
    [new Date(Number.NaN), "payload: Invalid Date"],
    [new TypeError("no"), "payload: TypeError: no"],
    [() => {}, "payload: a function"],
    [Object.create(null), "payload: Object (0)"],
  ])("shows %s in one line", (payload, text) => {
    expect(createPayloadTree(payload).textContent).toBe(text);
  });

  it("lists what is in objects, arrays, maps and sets", () => {
    const root = openRoot({ sku: "A-1", list: [1], map: new Map([[{ a: 1 }, 2]]), set: new Set() });

    expect(childTexts(root)).toEqual([
      '"sku": "A-1"',
      '"list": Array (1)',
      '"map": Map (1)',
      '"set": Set (0)',
    ]);
    const [list, map] = root.querySelectorAll(":scope > details");
    expect(childTexts(open(list))).toEqual(["0: 1"]);
    expect(childTexts(open(map))).toEqual(["Object (1): 2"]);
  });

  it("looks at nothing before it is opened", () => {
    let isRead = false;
    const payload = {
      inner: {
        get secret() {
          isRead = true;
          return 1;
        },
      },
    };

    const root = openRoot(payload);

    expect(isRead).toBe(false);
    open(root.querySelector(":scope > details"));
    expect(isRead).toBe(true);
  });

  it("shows what a getter throws", () => {
    const payload = {
      get broken() {
        throw new Error("not now");
      },
    };

    expect(childTexts(openRoot(payload))).toEqual(['"broken": Error: not now']);
  });

  it("ends at what refers back to what it stands in", () => {
    const payload: Record<string, unknown> = {};
    payload.self = payload;

    expect(childTexts(openRoot(payload))).toEqual(['"self": ↻ refers back to what it stands in']);
  });

  it("shows a long list a hundred at a time", () => {
    const root = openRoot(Array.from({ length: 10_000 }, (_each, n) => n));
    expect(root.children).toHaveLength(1 + 100 + 1);

    root.querySelector("button")?.click();

    expect(root.children).toHaveLength(1 + 200 + 1);
    expect(root.querySelector("button")?.textContent).toBe("Show 100 more of 9800");
  });

  it("shows the beginning of a long text, and the rest when it is asked for", () => {
    const tree = createPayloadTree("x".repeat(800));
    expect(tree.textContent).toContain("Show 500 more characters");
    expect(tree.textContent?.length).toBeLessThan(400);

    tree.querySelector("button")?.click();

    expect(tree.textContent).toBe(`payload: "${"x".repeat(800)}"`);
  });
});
