import type { EventStreams, NewEvent, StoredEvent } from "../../../links/event-streams.js";
import type { ManualClock } from "../../manual-clock.js";

/** A tab of the world that a contract is tried in. */
export interface StreamsTab {
  readonly streams: EventStreams;
  /** The tab is gone, as in a crash; nothing more of it is stored. */
  close(): void | Promise<void>;
}

/** One store, empty at first, which the caller clears away after the test. */
export interface StreamsWorld {
  /** What events get their time from. */
  readonly clock: ManualClock;
  /** Opens a tab of the store. */
  openTab(): Promise<StreamsTab>;
  /** Deletes the store under the tabs. */
  wipe(): Promise<void>;
}

/** Makes a world for one test. */
export type OpenStreamsWorld = () => Promise<StreamsWorld>;

/** Opens a world and some tabs in it. */
export async function openTabs(
  openWorld: OpenStreamsWorld,
): Promise<StreamsWorld & { a: EventStreams; b: EventStreams; tabA: StreamsTab }> {
  const world = await openWorld();
  const [tabA, tabB] = [await world.openTab(), await world.openTab()];
  return {
    clock: world.clock,
    openTab: () => world.openTab(),
    wipe: () => world.wipe(),
    tabA,
    a: tabA.streams,
    b: tabB.streams,
  };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** Events of one type that are told apart by a number. */
export function numbered(from: number, to: number, type = "counted"): NewEvent<number>[] {
  return Array.from({ length: to - from + 1 }, (_, n) => ({ type, payload: from + n }));
}

export async function payloads(events: AsyncIterable<StoredEvent>): Promise<unknown[]> {
  return (await collect(events)).map(({ payload }) => payload);
}

/** Names that a careless store takes for something else, or cannot keep apart. */
export const ODD_NAMES: readonly string[] = [
  "__proto__",
  "constructor",
  "a",
  "a.b",
  "a/b",
  "a:b",
  "a,b",
  '["a",1]',
  "a\u0000b",
  "a ",
  "A",
  "#",
  "+",
  " ",
  "cart-42\n",
  "\u{1f6d2} é",
  "e\u0301",
  "\ud800",
  "\uffff",
  "x".repeat(5_000),
];
