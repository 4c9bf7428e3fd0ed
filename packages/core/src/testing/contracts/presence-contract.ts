import { describe, expect, it, vi } from "vitest";
import type { Presence, PresenceChange, PresentTab } from "../../links/presence.js";

/** A tab of the world that a contract is tried in. */
interface PresenceTab {
  readonly presence: Presence;
  /** Another tab comes in front of it. */
  hide(): void;
  /** It comes in front, or wakes. */
  show(): void;
  /** It is frozen, or goes into the back/forward cache. */
  sleep(): void;
  /** Brings it about that this tab leads. */
  lead(): void;
  /** It is closed. */
  leave(): void;
}

/** Opens one more tab of an origin that no other test uses, visible and without the lead. */
export type OpenPresenceTab = () => Promise<PresenceTab>;

type Tabs = readonly PresentTab[];

/** Settles when the tabs are as they are to be, as far as this one knows. */
function until(presence: Presence, isSo: (tabs: Tabs) => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (isSo(presence.tabs())) return resolve();
    const stop = presence.onChange(() => {
      if (!isSo(presence.tabs())) return;
      stop();
      resolve();
    });
  });
}

const byId = (tabs: Iterable<PresentTab>) => [...tabs].sort((a, b) => (a.id < b.id ? -1 : 1));
const find = (tabs: Tabs, { presence }: PresenceTab) => tabs.find(({ id }) => id === presence.self);
const knows = (tab: PresenceTab, other: PresenceTab, what: Partial<PresentTab> = {}) =>
  until(tab.presence, (tabs) => {
    const found = find(tabs, other);
    return (
      found !== undefined &&
      Object.entries({ ...found, ...what }).every(
        ([key, value]) => found[key as keyof PresentTab] === value,
      )
    );
  });
const misses = (tab: PresenceTab, other: PresenceTab) =>
  until(tab.presence, (tabs) => find(tabs, other) === undefined);

/** Applies each change to what was there: that must always give what is. */
function follow(presence: Presence): { readonly changes: PresenceChange[]; check(): void } {
  const known = new Map(presence.tabs().map((tab) => [tab.id, tab]));
  const changes: PresenceChange[] = [];
  const steps: { is: PresentTab[]; told: PresentTab[]; was: boolean; type: string }[] = [];
  presence.onChange((change) => {
    const was = known.has(change.tab.id);
    changes.push(change);
    if (change.type === "left") known.delete(change.tab.id);
    else known.set(change.tab.id, change.tab);
    steps.push({
      is: byId(presence.tabs()),
      told: byId(known.values()),
      was,
      type: change.type,
    });
  });
  const check = () => {
    expect(byId(presence.tabs())).toEqual(byId(known.values()));
    for (const { is, told, was, type } of steps) {
      expect(is).toEqual(told);
      expect(was).toBe(type !== "joined");
    }
  };
  return { changes, check };
}

/** What any {@link Presence} must do. */
export function presenceContract(name: string, openWorld: () => Promise<OpenPresenceTab>): void {
  const openTabs = async () => {
    const open = await openWorld();
    const [a, b] = [await open(), await open()];
    await Promise.all([knows(a, b), knows(b, a)]);
    return { open, a, b };
  };

  describe(name, () => {
    it("knows its own tab from the first", async () => {
      const open = await openWorld();
      const { presence } = await open();

      expect(presence.self).not.toBe("");
      // Whether it leads already, for it is alone, is no promise.
      const leader: unknown = expect.any(Boolean);
      expect(presence.tabs()).toEqual([{ id: presence.self, state: "visible", leader }]);
    });

    it("knows who joins, and tells of it", async () => {
      const { open, a, b } = await openTabs();
      const { changes, check } = follow(a.presence);

      const c = await open();
      await Promise.all([knows(a, c), knows(b, c), knows(c, a), knows(c, b)]);

      check();
      expect(changes).toEqual([
        { type: "joined", tab: { id: c.presence.self, state: "visible", leader: false } },
      ]);
      const ids = [a, b, c].map(({ presence }) => presence.self).sort();
      expect(new Set(ids).size).toBe(3);
      for (const { presence } of [a, b, c]) {
        expect(byId(presence.tabs()).map(({ id }) => id)).toEqual(ids);
      }
    });

    it("knows who leaves, and tells how it last was", async () => {
      const { a, b } = await openTabs();
      b.hide();
      await knows(a, b, { state: "hidden" });
      const { changes, check } = follow(a.presence);

      b.leave();
      await misses(a, b);

      check();
      expect(changes).toEqual([
        { type: "left", tab: { id: b.presence.self, state: "hidden", leader: false } },
      ]);
    });

    it("knows who is hidden, shown and asleep, itself included", async () => {
      const { a, b } = await openTabs();
      const followers = [follow(a.presence), follow(b.presence)];

      a.hide();
      await Promise.all([knows(a, a, { state: "hidden" }), knows(b, a, { state: "hidden" })]);
      a.show();
      await Promise.all([knows(a, a, { state: "visible" }), knows(b, a, { state: "visible" })]);
      a.sleep();
      await knows(b, a, { state: "asleep" });
      a.show();
      await Promise.all([knows(a, a, { state: "visible" }), knows(b, a, { state: "visible" })]);

      const ofA = (changes: PresenceChange[]) =>
        changes.filter(({ tab }) => tab.id === a.presence.self);
      for (const { changes, check } of followers) {
        check();
        expect(changes.every(({ type }) => type === "changed")).toBe(true);
      }
      expect(ofA(followers[1]?.changes ?? []).map(({ tab }) => tab.state)).toEqual([
        "hidden",
        "visible",
        "asleep",
        "visible",
      ]);
    });

    it("hears nothing while asleep, and of all that it missed when it wakes", async () => {
      const { open, a, b } = await openTabs();
      const { changes, check } = follow(a.presence);
      a.sleep();
      await knows(b, a, { state: "asleep" });
      const before = changes.length;
      const c = await open();
      await knows(b, c);
      b.hide();
      await knows(c, b, { state: "hidden" });

      expect(changes).toHaveLength(before);
      a.show();
      await Promise.all([knows(a, c), knows(a, b, { state: "hidden" })]);
      await Promise.all([knows(b, a, { state: "visible" }), knows(c, a, { state: "visible" })]);

      check();
      expect(byId(a.presence.tabs())).toEqual(byId(b.presence.tabs()));
    });

    it("knows the leader, and never more than one", async () => {
      const { open, a, b } = await openTabs();
      const c = await open();
      await Promise.all([knows(a, c), knows(b, c), knows(c, a), knows(c, b)]);
      const most = [a, b, c].map(({ presence }) => {
        const counted = { leaders: 0 };
        presence.onChange(() => {
          const leaders = presence.tabs().filter(({ leader }) => leader).length;
          counted.leaders = Math.max(counted.leaders, leaders);
        });
        return counted;
      });

      for (const leader of [a, b, c, a]) {
        leader.lead();
        await Promise.all([a, b, c].map((tab) => knows(tab, leader, { leader: true })));
      }
      a.leave();
      await Promise.all([misses(b, a), misses(c, a)]);
      b.lead();
      await Promise.all([knows(b, b, { leader: true }), knows(c, b, { leader: true })]);

      expect(most).toEqual([{ leaders: 1 }, { leaders: 1 }, { leaders: 1 }]);
    });

    it("does not have a tab lead that is asleep", async () => {
      const { a, b } = await openTabs();
      a.lead();
      await knows(b, a, { leader: true });

      a.sleep();
      await knows(b, a, { state: "asleep", leader: false });

      expect(find(b.presence.tabs(), a)?.leader).toBe(false);
    });

    it("gives lists that do not change afterwards", async () => {
      const { a, b } = await openTabs();
      const before = a.presence.tabs();
      const copy = structuredClone(before);

      b.hide();
      await knows(a, b, { state: "hidden" });
      b.leave();
      await misses(a, b);

      expect(before).toEqual(copy);
    });

    it("is silent once unsubscribed, and unharmed by a listener that throws", async () => {
      const { a, b } = await openTabs();
      vi.stubGlobal("reportError", () => {});
      const quiet = vi.fn();
      const stop = a.presence.onChange(quiet);
      stop();
      stop();
      a.presence.onChange(() => {
        throw new Error("A listener that throws");
      });

      b.hide();
      await knows(a, b, { state: "hidden" });

      expect(quiet).not.toHaveBeenCalled();
      vi.unstubAllGlobals();
    });
  });
}
