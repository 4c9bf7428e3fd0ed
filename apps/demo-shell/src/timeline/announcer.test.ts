// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Entry } from "../traffic/entry.js";
import { Announcer } from "./announcer.js";

function entry(): Entry {
  const message = { id: "m", topic: "a", ts: 1, payload: undefined };
  return { kind: "message", message, way: "this tab", leaves: true, cameAt: 0, receipts: [] };
}

describe("Announcer", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("says what has come once in five seconds, however much that is", () => {
    const announcer = new Announcer();

    for (let n = 0; n < 34; n++) announcer.add([entry()]);
    expect(announcer.element.textContent).toBe("");
    vi.advanceTimersByTime(5_000);

    expect(announcer.element.textContent).toBe("34 new messages");
    announcer.add([entry(), { kind: "note", ts: 1, title: "gap", text: "3 missing" }]);
    vi.advanceTimersByTime(4_999);
    expect(announcer.element.textContent).toBe("34 new messages");
    vi.advanceTimersByTime(1);
    expect(announcer.element.textContent).toBe("2 new messages, 1 failed");
  });

  it("says nothing, and has no timer, while nothing comes", () => {
    new Announcer().add([]);

    expect(vi.getTimerCount()).toBe(0);
  });
});
