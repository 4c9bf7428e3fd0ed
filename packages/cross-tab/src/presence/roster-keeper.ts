import type { Clock } from "@pubsub-mfe/core";
import { acquire, type LockContext } from "@pubsub-mfe/core/locks";
import type { TabLocks } from "../tab-locks.js";
import { type ListedTab, MAX_TABS, type StateMessage } from "./roster-wire.js";

/** The last words of a tab may come after its lock is free. */
const LAST_WORDS_MS = 100;
/** Who holds its lock and does not answer a new leader for so long is asleep. */
const ANSWER_MS = 500;
/** A roster may be lost on the way: for so long after each it is told again, if nothing changes. */
const REPEAT_MS: readonly number[] = [2_000, 8_000, 32_000];
/** For so long a page is kept in the back/forward cache; nothing tells when it is dropped. */
const CACHED_MS = 600_000;

/** What a keeper works with. */
export interface RosterKeeperContext {
  readonly clock: Clock;
  readonly locks: TabLocks;
  /** The lock of a tab is called this and its id. */
  readonly prefix: string;
  /** This tab, which needs no watch. */
  own(): ListedTab;
  /** Asks everybody to say how they are. */
  call(): void;
  /** The roster has changed, or somebody asks for it. */
  onRoster(tabs: readonly ListedTab[]): void;
}

/** Keeps the roster for one turn of the leader: a tab is there as long as its lock is held. */
export class RosterKeeper {
  readonly #context: RosterKeeperContext;
  readonly #turn: AbortSignal;
  readonly #tabs = new Map<string, ListedTab>();
  /** Ends the watch over each tab. */
  readonly #watches = new Map<string, AbortController>();
  #started = false;
  /** Ends the wait for telling again. */
  #repeat = new AbortController();

  constructor(context: RosterKeeperContext, turn: LockContext) {
    this.#context = context;
    this.#turn = turn.signal;
  }

  /** @param known - the tabs of the last roster, with what they have said since */
  async start(known: readonly ListedTab[]): Promise<void> {
    const { prefix, locks, call } = this.#context;
    // Without an answer everybody has to speak for himself.
    const { held = [] } = await locks.query().catch(() => ({ held: [] }));
    if (this.#turn.aborted) return;
    const ids = held
      .map(({ name = "" }) => name)
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
    for (const tab of known) {
      // What was heard while the query ran is newer.
      if (this.#tabs.has(tab.id)) continue;
      if (ids.includes(tab.id) || tab.state === "cached") this.#set(tab);
    }
    this.#started = true;
    this.tell();
    call();
    this.#after(ANSWER_MS, this.#turn, () => {
      const silent = ids.filter((id) => id !== this.#context.own().id && !this.#tabs.has(id));
      for (const id of silent) this.#set({ id, run: "", state: "asleep" });
      if (silent.length > 0) this.tell();
    });
  }

  heard({ tab, asks }: StateMessage): void {
    const known = this.#tabs.get(tab.id);
    // Without a word: whoever misses itself in a roster speaks up again.
    if (!known && this.#tabs.size >= MAX_TABS - 1) return;
    if (tab.state === "gone") {
      if (known?.run !== tab.run) return;
      this.#remove(tab.id);
    } else {
      if (known?.run === tab.run && known.state === tab.state && !asks) return;
      this.#set(tab);
    }
    this.tell();
  }

  tell(): void {
    if (!this.#started) return;
    this.#repeat.abort();
    this.#repeat = new AbortController();
    const signal = AbortSignal.any([this.#repeat.signal, this.#turn]);
    for (const delayMs of REPEAT_MS) this.#after(delayMs, signal, () => this.#tellOnce());
    this.#tellOnce();
  }

  #tellOnce(): void {
    this.#context.onRoster([this.#context.own(), ...this.#tabs.values()]);
  }

  #set(tab: ListedTab): void {
    const { id, run, state } = tab;
    if (id === this.#context.own().id) return;
    const known = this.#tabs.get(id);
    this.#tabs.set(id, tab);
    const isWatched = known?.run === run && (known.state === "cached") === (state === "cached");
    if (!isWatched) this.#watch(tab);
  }

  #watch({ id, state }: ListedTab): void {
    this.#watches.get(id)?.abort();
    const watch = new AbortController();
    this.#watches.set(id, watch);
    const signal = AbortSignal.any([watch.signal, this.#turn]);
    const leave = () => {
      this.#remove(id);
      this.tell();
    };
    if (state === "cached") {
      this.#after(CACHED_MS, signal, leave);
      return;
    }
    acquire(this.#context.locks, this.#context.prefix + id, { signal }).then(
      (held) => {
        void held.release();
        this.#after(LAST_WORDS_MS, signal, leave);
      },
      // Withdrawn; the leader's own lock tells of everything else.
      () => {},
    );
  }

  #remove(id: string): void {
    this.#watches.get(id)?.abort();
    this.#watches.delete(id);
    this.#tabs.delete(id);
  }

  #after(delayMs: number, signal: AbortSignal, fn: () => void): void {
    if (signal.aborted) return;
    const cancel = this.#context.clock.setTimer(() => {
      signal.removeEventListener("abort", cancel);
      fn();
    }, delayMs);
    signal.addEventListener("abort", cancel);
  }
}
