import {
  type Presence,
  type PresenceChange,
  type PresentTab,
  reportUncaught,
  type Unsubscribe,
} from "@pubsub-mfe/core";
import { checkFunction, Listeners } from "@pubsub-mfe/core/stores";
import { PREFIX } from "../callback.js";

/** What is told of the tabs to the application, one change at a time. */
export class KnownTabs implements Presence {
  readonly #self: () => string;
  readonly #listeners = new Listeners<PresenceChange>((thrown) => reportUncaught(thrown, PREFIX));
  #tabs: ReadonlyMap<string, PresentTab>;
  /** How they are to be; a listener may bring about the next state. */
  #next: ReadonlyMap<string, PresentTab>;
  #telling = false;

  constructor(self: () => string, own: PresentTab) {
    this.#self = self;
    this.#tabs = new Map([[own.id, own]]);
    this.#next = this.#tabs;
  }

  get self(): string {
    return this.#self();
  }

  tabs(): readonly PresentTab[] {
    return [...this.#tabs.values()];
  }

  onChange(listener: (change: PresenceChange) => void): Unsubscribe {
    checkFunction("The listener", listener);
    return this.#listeners.add(listener);
  }

  /** Takes over how the tabs are, without a word: nobody knew better before. */
  reset(tabs: readonly PresentTab[]): void {
    this.#tabs = new Map(tabs.map((tab) => [tab.id, tab]));
    this.#next = this.#tabs;
  }

  /** Takes over how the tabs are, and tells of each change once it is so. */
  update(tabs: readonly PresentTab[]): void {
    this.#next = new Map(tabs.map((tab) => [tab.id, tab]));
    if (this.#telling) return;
    this.#telling = true;
    for (let change = this.#firstChange(); change; change = this.#firstChange()) {
      const known = new Map(this.#tabs);
      if (change.type === "left") known.delete(change.tab.id);
      else known.set(change.tab.id, change.tab);
      this.#tabs = known;
      this.#listeners.tell(change);
    }
    this.#telling = false;
  }

  /** What is to change first: who leads no more comes before who leads now. */
  #firstChange(): PresenceChange | undefined {
    let later: PresenceChange | undefined;
    for (const tab of this.#tabs.values()) {
      const next = this.#next.get(tab.id);
      if (!next) return { type: "left", tab };
      if (next.state === tab.state && next.leader === tab.leader) continue;
      if (!next.leader) return { type: "changed", tab: next };
      later = { type: "changed", tab: next };
    }
    if (later) return later;
    for (const tab of this.#next.values()) {
      if (!this.#tabs.has(tab.id)) return { type: "joined", tab };
    }
    return undefined;
  }
}
