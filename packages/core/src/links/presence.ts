import type { Unsubscribe } from "../types.js";

/** A tab, or another page of the origin with a bus of its own, such as a worker. */
export interface PresentTab {
  readonly id: string;
  /** `"asleep"`: it is frozen, or in the back/forward cache, and hears nothing. */
  readonly state: "visible" | "hidden" | "asleep";
  /** Whether it is the leader; at most one tab is. */
  readonly leader: boolean;
}

/** What changed among the tabs. */
export interface PresenceChange {
  readonly type: "joined" | "changed" | "left";
  /** As it is now; when it has left, as it last was. */
  readonly tab: PresentTab;
}

/** Knows which tabs are there. */
export interface Presence {
  /** The id of this tab, as it stands in `tabs()`. */
  readonly self: string;
  /** Gives the tabs that are there, this one included, as far as it is known here; in no order. */
  tabs(): readonly PresentTab[];
  /**
   * Calls the listener after each change of `tabs()`, of this tab too. A tab that was asleep is told
   * then of what has changed meanwhile. What a listener throws changes nothing for others.
   */
  onChange(listener: (change: PresenceChange) => void): Unsubscribe;
}
