import { describe, expect, it } from "vitest";
import { presenceContract } from "./contracts/presence-contract.js";
import { MemoryTabs } from "./memory-presence.js";

presenceContract("Presence in memory", async () => {
  const tabs = new MemoryTabs();
  return async () => {
    const presence = tabs.open();
    return {
      presence,
      hide: () => presence.hide(),
      show: () => presence.show(),
      sleep: () => presence.sleep(),
      lead: () => presence.lead(),
      leave: () => presence.leave(),
    };
  };
});

describe("MemoryTabs", () => {
  it("opens tabs of a given id and state", () => {
    const presence = new MemoryTabs().open({ id: "checkout", state: "hidden" });

    expect(presence.self).toBe("checkout");
    expect(presence.tabs()).toEqual([{ id: "checkout", state: "hidden", leader: false }]);
  });

  it("refuses an id that is there", () => {
    const tabs = new MemoryTabs();
    tabs.open({ id: "checkout" }).leave();
    tabs.open({ id: "checkout" });

    expect(() => tabs.open({ id: "checkout" })).toThrow(/"checkout" is open/);
  });

  it("has nobody lead when the leader resigns", async () => {
    const tabs = new MemoryTabs();
    const [a, b] = [tabs.open(), tabs.open()];
    a.lead();
    await null;
    expect(b.tabs().map(({ leader }) => leader)).toEqual([true, false]);
    a.resign();
    await null;

    expect(b.tabs().map(({ leader }) => leader)).toEqual([false, false]);
  });

  it("keeps who has left as it was, and tells it nothing", async () => {
    const tabs = new MemoryTabs();
    const [a, b] = [tabs.open(), tabs.open()];
    await null;
    a.leave();
    b.hide();
    a.show();
    await null;

    expect(a.tabs().map(({ state }) => state)).toEqual(["visible", "visible"]);
    expect(b.tabs()).toEqual([{ id: b.self, state: "hidden", leader: false }]);
  });
});
