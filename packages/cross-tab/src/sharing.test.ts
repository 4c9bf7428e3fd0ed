// @vitest-environment happy-dom
import { joinPubSub, type PresenceChange, type PubSubBus } from "@pubsub-mfe/core";
import { MemoryLockStore, MemoryLog } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type CrossTabConfig, type CrossTabError, createCrossTabAdapter } from "./index.js";
import { Hub } from "./testing/hub.js";
import { openTab, payloads, turnEnd } from "./testing/tabs.js";

let hub: Hub;
let locks: MemoryLockStore;
let app: string;

beforeEach(() => {
  hub = new Hub();
  locks = new MemoryLockStore();
  app = `sharing-${Math.random()}`;
});

/** Another team of the page, with an adapter of its own. */
function team(name: string, config: CrossTabConfig = {}) {
  const warnings: unknown[] = [];
  const bus: PubSubBus = joinPubSub({
    app,
    name,
    retention: { maxMessages: 10 },
    onDiagnostic: (event) => {
      if (event.type === "warning") warnings.push(event.code);
    },
  });
  onTestFinished(() => bus.dispose());
  const errors: CrossTabError[] = [];
  const adapter = createCrossTabAdapter({
    transport: hub.connect(),
    locks: locks.tab(),
    enableLeadership: true,
    onError: (error) => errors.push(error),
    ...config,
  });
  return { bus, adapter, errors, warnings };
}

/** Two teams of one page, and another tab. */
async function openPage(config: CrossTabConfig = {}) {
  const [first, second] = [team("first"), team("second", config)];
  await first.adapter.attach(first.bus);
  await second.adapter.attach(second.bus);
  const other = await openTab(hub, { locks: locks.tab(), clientId: "other" });
  await turnEnd();
  return { first, second, other };
}

describe("a second adapter of a page", () => {
  it("knows the tabs, the leader and its own tab as the first does", async () => {
    const { first, second } = await openPage();

    expect(second.adapter.tabs()).toEqual(first.adapter.tabs());
    expect(second.adapter.tabs()).toHaveLength(2);
    expect(second.adapter.getStats().clientId).toBe(first.adapter.getStats().clientId);
    expect(second.adapter.presence.self).toBe(first.adapter.presence.self);
    expect([first, second].map(({ adapter }) => adapter.isLeader())).toEqual([true, true]);
    expect(second.errors.concat(first.errors)).toEqual([]);
  });

  it("is told of changes", async () => {
    const { second, other } = await openPage();
    const changes: PresenceChange[] = [];
    second.adapter.presence.onChange((change) => changes.push(change));

    other.bus.dispose();
    await turnEnd();

    expect(changes).toMatchObject([{ type: "left", tab: { id: "other" } }]);
  });

  it("leads when its page does, and hands the lead on", async () => {
    const { second, other } = await openPage();

    expect(await second.adapter.lead(({ epoch }) => epoch)).toBe(1);
    second.adapter.resign();

    expect(await other.adapter.lead(({ epoch }) => epoch)).toBe(2);
  });

  it("takes over when the first is detached, and what it leads goes on", async () => {
    const { first, second, other } = await openPage();
    const epochs: number[] = [];
    const leads = second.adapter.lead(
      ({ epoch, signal }) =>
        new Promise<string>((resolve) => {
          epochs.push(epoch);
          if (epochs.length === 2) resolve("done");
          else signal.addEventListener("abort", () => resolve("lost"));
        }),
    );
    await turnEnd();
    other.bus.dispose();

    first.adapter.detach();

    expect(await leads).toBe("done");
    expect(epochs).toEqual([1, 2]);
    expect(second.adapter.tabs().map(({ id }) => id)).toEqual([second.adapter.getStats().clientId]);
  });

  it("follows the next one, of three, and posts once", async () => {
    const { first, second, other } = await openPage();
    const third = team("third");
    await third.adapter.attach(third.bus);

    first.adapter.detach();
    await turnEnd();
    third.bus.publish("a", 1);
    await turnEnd();

    expect(third.adapter.tabs()).toEqual(second.adapter.tabs());
    expect(third.adapter.getStats().clientId).toBe(second.adapter.getStats().clientId);
    expect(payloads(other.received)).toEqual([1]);
    expect(hub.posts).toHaveLength(1);
  });

  it("has caught up when attach resolves, as the first has", async () => {
    const log = new MemoryLog();
    const before = await openTab(hub, { locks: locks.tab() });
    const tab = log.attach(before.bus);
    before.bus.publish("theme", "dark");
    await tab.head();
    const config: CrossTabConfig = { repair: tab, catchUp: { from: "start" } };
    const [first, second] = [team("first", config), team("second", config)];

    const attached = first.adapter.attach(first.bus);
    await second.adapter.attach(second.bus);

    const themes: unknown[] = [];
    second.bus.subscribe("theme", ({ payload }) => themes.push(payload), { replay: 1 });
    expect(themes).toEqual(["dark"]);
    await attached;
    expect(second.errors).toEqual([]);
  });

  it("has no other options where it gives a default, or nothing, by name", async () => {
    const { second } = await openPage({
      emitSystemEvents: true,
      maxBatchSize: 50,
      catchUp: undefined,
      share: undefined,
    });

    expect(second.errors).toEqual([]);
  });

  it("tells which of its options count for nothing", async () => {
    const config = {
      private: ["payment.#"],
      maxMessageSize: 262_144,
      rateLimit: { maxPerSecond: 1 },
    };
    const { first, second } = await openPage(config);

    expect(second.errors.map(({ code, message }) => [code, message])).toEqual([
      [
        "OPTIONS_DIFFER",
        'Another adapter of this page carries the channel "pubsub-mfe", and these options of this one differ: rateLimit, private. They count for nothing: give all adapters of a page the same, or attach one.',
      ],
    ]);
    expect(first.warnings).toContain("OPTIONS_DIFFER");
    expect(second.warnings).toContain("OPTIONS_DIFFER");
  });
});
