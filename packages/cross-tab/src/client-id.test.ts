// @vitest-environment happy-dom
import { ManualClock, MemoryLockStore } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CrossTabConfig } from "./index.js";
import { Origin } from "./testing/origin.js";
import { turnEnd } from "./testing/tabs.js";

let clock: ManualClock;
let origin: Origin;

beforeEach(() => {
  sessionStorage.clear();
  clock = new ManualClock();
  origin = new Origin(new MemoryLockStore(clock));
});

/** A tab that gets its id by itself. The tabs of a test share what they store. */
async function open(config: CrossTabConfig = {}) {
  const opening = origin.open({ clientId: undefined, ...config } as CrossTabConfig);
  await turnEnd();
  clock.advance(300);
  return opening;
}

describe("clientId", () => {
  it("survives a reload", async () => {
    const first = await open();
    const { clientId } = first.adapter.getStats();

    origin.close(first);
    const second = await open();

    expect(second.adapter.getStats().clientId).toBe(clientId);
    expect(second.adapter.presence.self).toBe(clientId);
    expect(second.adapter.tabs()).toMatchObject([{ id: clientId }]);
  });

  it("is another one in a duplicated tab, which keeps that over a reload", async () => {
    const first = await open();
    const duplicate = await open();
    const [ids] = [[first, duplicate].map(({ adapter }) => adapter.getStats().clientId)];
    expect(ids[0]).not.toBe(ids[1]);

    origin.close(duplicate);
    const reloaded = await open();

    expect(reloaded.adapter.getStats().clientId).toBe(ids[1]);
    await turnEnd();
    expect(
      first.adapter
        .tabs()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...ids].sort());
  });

  it("waits a moment for the page before the reload to let go", async () => {
    const first = await open();
    const { clientId } = first.adapter.getStats();
    const opening = origin.open({ clientId: undefined } as never);
    await turnEnd();
    clock.advance(299);

    origin.close(first);

    expect((await opening).adapter.getStats().clientId).toBe(clientId);
  });

  it("is of each channel its own", async () => {
    const first = await open({ channelName: "shop" });
    const other = await open({ channelName: "desk" });

    expect(other.adapter.getStats().clientId).not.toBe(first.adapter.getStats().clientId);
  });

  it("is what the config says, which nobody waits for", async () => {
    const first = await origin.open({ clientId: "mine" });

    const second = await origin.open({ clientId: "mine" });

    expect([first, second].map(({ adapter }) => adapter.getStats().clientId)).toEqual([
      "mine",
      "mine",
    ]);
    expect(sessionStorage).toHaveLength(0);
  });

  it("ends with the page where storage is blocked", async () => {
    vi.stubGlobal("sessionStorage", {
      getItem() {
        throw new DOMException("blocked", "SecurityError");
      },
      setItem() {
        throw new DOMException("blocked", "SecurityError");
      },
    });

    const { adapter } = await open();

    vi.unstubAllGlobals();
    expect(adapter.tabs()).toMatchObject([{ id: adapter.getStats().clientId }]);
  });

  it("is given up for when the adapter is detached meanwhile", async () => {
    await open();
    const locks = origin.store.tab();
    const opening = origin.open({ clientId: undefined, locks } as never);
    await turnEnd();
    const late = origin.tabs[1];

    late?.adapter.detach();
    await opening;
    await turnEnd();

    expect(late?.adapter.tabs()).toHaveLength(1);
    expect(locks).toMatchObject({ timers: 0, listeners: new Set() });
  });
});
