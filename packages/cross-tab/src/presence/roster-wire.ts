import { show } from "@pubsub-mfe/core/stores";
import { isName } from "../wire.js";

/** The most tabs of one roster. */
export const MAX_TABS = 256;
/** The version of what is said about tabs; a tab with another one is not understood. */
export const PRESENCE_VERSION = 1;

/** A cached tab is in the back/forward cache, holds no lock, and may never come back. */
export type TabState = "visible" | "hidden" | "asleep" | "cached";

/** A tab as the leader lists it. */
export interface ListedTab {
  readonly id: string;
  /** Of a load of the page: after a reload the id is the same, and this is not. */
  readonly run: string;
  readonly state: TabState;
}

/** A tab as it speaks of itself; its last word is that it is gone. */
type SpokenTab = ListedTab | (Omit<ListedTab, "state"> & { readonly state: "gone" });

/** A tab tells how it is. */
export interface StateMessage {
  readonly type: "state";
  readonly tab: SpokenTab;
  /** It has just come, or woken, and wants the roster. */
  readonly asks: boolean;
}

/** A new leader wants to hear from everybody. */
interface CallMessage {
  readonly type: "call";
}

/** The leader tells who is there: all of it, each time. */
export interface RosterMessage {
  readonly type: "roster";
  /** Its turn as the leader; a roster of an earlier turn is out of date. */
  readonly epoch: number;
  /** Counts the rosters of a turn. */
  readonly version: number;
  readonly leader: string;
  readonly tabs: readonly ListedTab[];
}

export type PresenceMessage = StateMessage | CallMessage | RosterMessage;

/** What travels. */
export type PresenceEnvelope = PresenceMessage & {
  readonly v: typeof PRESENCE_VERSION;
  readonly kind: "presence";
};

/**
 * Checks what came in before any of it is used.
 *
 * @returns `undefined` for what is not about presence, or a sentence that says what is wrong with it
 */
export function readPresence(data: unknown): PresenceMessage | string | undefined {
  const value = (data ?? {}) as Record<string, unknown>;
  if (value.kind !== "presence") return undefined;
  if (value.v !== PRESENCE_VERSION) {
    return `it has presence version ${show(value.v)}, and this page understands ${PRESENCE_VERSION}; update @pubsub-mfe/cross-tab in the older of the two`;
  }
  const { type, tab, asks, epoch, version, leader, tabs } = value;
  if (type === "call") return { type };
  if (type === "state" && isListed(tab, "gone")) {
    return { type, tab: copy<SpokenTab>(tab), asks: asks === true };
  }
  const isRoster =
    type === "roster" &&
    isCount(epoch) &&
    isCount(version) &&
    isName(leader) &&
    Array.isArray(tabs) &&
    tabs.length <= MAX_TABS &&
    tabs.every((each) => isListed(each));
  if (!isRoster) return "it says nothing about tabs that can be understood";
  return { type, epoch, version, leader, tabs: tabs.map((each) => copy<ListedTab>(each)) };
}

function isListed(value: unknown, other?: string): value is ListedTab {
  const { id, run, state } = (value ?? {}) as Record<keyof ListedTab, unknown>;
  const isState =
    state === "visible" || state === "hidden" || state === "asleep" || state === "cached";
  return isName(id) && typeof run === "string" && run.length <= 256 && (isState || state === other);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** Nothing else of it is kept or sent on. */
function copy<T extends SpokenTab>({ id, run, state }: T): T {
  return { id, run, state } as T;
}
