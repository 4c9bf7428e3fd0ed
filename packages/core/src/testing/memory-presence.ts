import { reportUncaught } from "../diagnostics/report-uncaught.js";
import { InvalidArgumentError } from "../errors.js";
import { Listeners } from "../links/listeners.js";
import type { Presence, PresenceChange, PresentTab } from "../links/presence.js";
import type { Unsubscribe } from "../types.js";

/** How a tab is opened. */
export interface MemoryTabOptions {
  /** @defaultValue `tab-1`, `tab-2` and so on */
  readonly id?: string | undefined;
  /** @defaultValue `"visible"` */
  readonly state?: PresentTab["state"] | undefined;
}

/** The tabs of an origin in memory. Who leads is said by the test. */
export class MemoryTabs {
  /** How it is, whoever knows of it. */
  readonly #tabs = new Map<string, PresentTab>();
  readonly #presences = new Set<MemoryPresence>();
  #opened = 0;

  /** Opens a tab, of which the others learn. */
  open({ id, state = "visible" }: MemoryTabOptions = {}): MemoryPresence {
    this.#opened += 1;
    const self = id ?? `tab-${this.#opened}`;
    if (this.#tabs.has(self)) {
      throw new InvalidArgumentError(
        `A tab ${JSON.stringify(self)} is open: give this one another id.`,
      );
    }
    this.#tabs.set(self, { id: self, state, leader: false });
    const presence = new MemoryPresence(this, self);
    this.#presences.add(presence);
    this.#spread();
    return presence;
  }

  /** @internal */
  all(): ReadonlyMap<string, PresentTab> {
    return this.#tabs;
  }

  /** @internal */
  set(id: string, change: Partial<PresentTab>): void {
    const tab = this.#tabs.get(id);
    if (!tab) return;
    this.#tabs.set(id, { ...tab, ...change });
    this.#spread();
  }

  /** @internal */
  lead(id: string): void {
    for (const tab of [...this.#tabs.values()]) this.set(tab.id, { leader: tab.id === id });
  }

  /** @internal */
  remove(presence: MemoryPresence): void {
    this.#presences.delete(presence);
    if (this.#tabs.delete(presence.self)) this.#spread();
  }

  #spread(): void {
    for (const presence of this.#presences) presence.learn();
  }
}

/** What one tab knows, and what happens to it. */
export class MemoryPresence implements Presence {
  readonly self: string;
  readonly #tabs: MemoryTabs;
  readonly #listeners = new Listeners<PresenceChange>((thrown) =>
    reportUncaught(thrown, "[@pubsub-mfe/core]"),
  );
  readonly #known: Map<string, PresentTab>;
  #learning = false;

  /** @internal */
  constructor(tabs: MemoryTabs, self: string) {
    this.#tabs = tabs;
    this.self = self;
    this.#known = new Map(tabs.all());
  }

  tabs(): readonly PresentTab[] {
    return [...this.#known.values()];
  }

  onChange(listener: (change: PresenceChange) => void): Unsubscribe {
    return this.#listeners.add(listener);
  }

  /** Another tab comes in front of it. */
  hide(): void {
    this.#tabs.set(this.self, { state: "hidden" });
  }

  /** It comes in front, or wakes. */
  show(): void {
    this.#tabs.set(this.self, { state: "visible" });
  }

  /** It is frozen, or goes into the back/forward cache: it leads no more, and hears nothing. */
  sleep(): void {
    this.#tabs.set(this.self, { state: "asleep", leader: false });
  }

  /** It leads from now on, and whoever did does not. */
  lead(): void {
    this.#tabs.lead(this.self);
  }

  /** It leads no more, and nobody does. */
  resign(): void {
    this.#tabs.set(this.self, { leader: false });
  }

  /** It is closed. */
  leave(): void {
    this.#tabs.remove(this);
    this.#listeners.clear();
  }

  /** @internal Something may have changed. */
  learn(): void {
    if (this.#learning) return;
    this.#learning = true;
    queueMicrotask(() => {
      this.#learning = false;
      const tabs = this.#tabs.all();
      const own = tabs.get(this.self);
      if (!own || own.state === "asleep") return;
      for (const change of changes(this.#known, tabs)) {
        if (change.type === "left") this.#known.delete(change.tab.id);
        else this.#known.set(change.tab.id, change.tab);
        this.#listeners.tell(change);
      }
    });
  }
}

/** What leads from one state to the other; who leads no more comes before who leads now. */
function changes(
  before: ReadonlyMap<string, PresentTab>,
  after: ReadonlyMap<string, PresentTab>,
): PresenceChange[] {
  const left = [...before.values()].filter(({ id }) => !after.has(id));
  const arrived = [...after.values()].filter(({ id }) => !before.has(id));
  const changed = [...after.values()].filter((tab) => {
    const old = before.get(tab.id);
    return old && (old.state !== tab.state || old.leader !== tab.leader);
  });
  return [
    ...left.map((tab) => ({ type: "left", tab }) as const),
    ...[...changed]
      .sort((a, b) => Number(a.leader) - Number(b.leader))
      .map((tab) => ({ type: "changed", tab }) as const),
    ...arrived.map((tab) => ({ type: "joined", tab }) as const),
  ];
}
