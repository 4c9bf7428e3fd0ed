import { presenceContract } from "@pubsub-mfe/core/testing/contracts";
import { describe, expect, it } from "vitest";
import { type FrameTab, openFrame } from "../testing/frames.js";
import { turnEnd } from "../testing/tabs.js";

/** Has others resign until it is this tab's turn. */
async function lead(tab: FrameTab, tabs: readonly FrameTab[]): Promise<void> {
  let leads = false;
  void tab.adapter.lead(() => {
    leads = true;
  });
  while (!leads) {
    for (const other of tabs) if (other !== tab) other.adapter.resign();
    await turnEnd();
  }
}

presenceContract("Presence in a browser", async () => {
  const channelName = crypto.randomUUID();
  const tabs: FrameTab[] = [];
  return async () => {
    const tab = await openFrame({ channelName, clientId: crypto.randomUUID() });
    tabs.push(tab);
    return {
      presence: tab.adapter.presence,
      hide: () => tab.setVisible(false),
      show: () => {
        tab.setVisible(true);
        tab.show();
      },
      sleep: () => tab.hide(),
      lead: () => void lead(tab, tabs),
      leave: () => {
        tabs.splice(tabs.indexOf(tab), 1);
        tab.close();
      },
    };
  };
});

describe("a tab in a browser", () => {
  it("holds one lock, and none in the back/forward cache", async () => {
    const channelName = crypto.randomUUID();
    const locksInUse = async () => {
      const { held = [], pending = [] } = await navigator.locks.query();
      return [...held, ...pending]
        .map(({ name = "" }) => name)
        .filter((n) => n.includes(channelName));
    };
    const tab = await openFrame({ channelName });
    await tab.adapter.lead(() => {});
    const { clientId } = tab.adapter.getStats();
    expect((await locksInUse()).sort()).toEqual([
      `pubsub-mfe-locks:cross-tab:${channelName}`,
      `pubsub-mfe-tab:${channelName}:${clientId}`,
    ]);

    tab.hide();

    expect(tab.adapter.isLeader()).toBe(false);
    await expect.poll(locksInUse).toEqual([]);
    tab.show();
    await expect.poll(locksInUse).toHaveLength(2);
    tab.adapter.detach();
    await expect.poll(locksInUse).toEqual([]);
  });

  it("that goes for good is missed at once, and joins again when it was kept after all", async () => {
    const channelName = crypto.randomUUID();
    const a = await openFrame({ channelName, clientId: "a" });
    await a.adapter.lead(() => {});
    const b = await openFrame({ channelName, clientId: "b" });
    const others = () => a.adapter.tabs().filter(({ id }) => id !== "a");
    await expect.poll(others).toHaveLength(1);

    b.window.dispatchEvent(new b.window.PageTransitionEvent("pagehide", { persisted: false }));
    await expect.poll(others).toEqual([]);
    b.show();

    await expect.poll(others).toEqual([{ id: "b", state: "visible", leader: false }]);
  });

  it("keeps its id over a reload, and gives no second tab the same", async () => {
    const channelName = crypto.randomUUID();
    const first = await openFrame({ channelName });
    const { clientId } = first.adapter.getStats();

    // Frames of a page share what they store, as a tab and its duplicate have the same in it.
    const duplicate = await openFrame({ channelName });
    expect(duplicate.adapter.getStats().clientId).not.toBe(clientId);
    const kept = duplicate.adapter.getStats().clientId;
    duplicate.close();
    const reloaded = await openFrame({ channelName });

    expect(reloaded.adapter.getStats().clientId).toBe(kept);
    expect(reloaded.adapter.presence.self).toBe(kept);
  });
});
