import type { Clock, PresentTab } from "@pubsub-mfe/core";
import { acquire, type Held, type LockContext } from "@pubsub-mfe/core/locks";
import { randomName } from "../random-name.js";
import type { TabLocks } from "../tab-locks.js";
import { KnownTabs } from "./known-tabs.js";
import { PageState } from "./page-state.js";
import { RosterKeeper } from "./roster-keeper.js";
import {
  type ListedTab,
  PRESENCE_VERSION,
  type PresenceEnvelope,
  type PresenceMessage,
  type RosterMessage,
  type StateMessage,
  type TabState,
} from "./roster-wire.js";

/**
 * For how long a leader may leave it at rosters that are out of date, until what made them so is no
 * longer believed, in milliseconds.
 */
const DOUBT_MS = 500;
/** How long each of several answers of the leader is waited for, in milliseconds. */
const PATIENCE_MS: readonly number[] = [1_000, 4_000, 16_000];

/** What presence works with. */
export interface TabPresenceContext {
  readonly clock: Clock;
  readonly locks: TabLocks;
  /** The lock of a tab is called this and its id. */
  readonly prefix: string;
  clientId(): string;
}

/** What it is while this tab takes part. */
interface Part {
  readonly run: string;
  readonly signal: AbortSignal;
  send(message: PresenceEnvelope): void;
  /** This tab's; none while it is in the back/forward cache. */
  lock: Held | undefined;
}

/** This tab among the others: it tells how it is, and takes over what the leader says. */
export class TabPresence {
  readonly known: KnownTabs;
  readonly #context: TabPresenceContext;
  readonly #page: PageState;
  #part: Part | undefined;
  /** The last roster, with what tabs have said since; shown is the roster alone. */
  readonly #roster = new Map<string, ListedTab>();
  #shown: readonly ListedTab[] = [];
  /** Who leads, by the latest turn that is known of. */
  #leader: { readonly id: string; readonly epoch: number; readonly version: number } | undefined;
  #keeper: RosterKeeper | undefined;
  /** When this tab, as the leader, last spoke against a roster, by the monotonic clock. */
  #answeredAtMs = Number.NEGATIVE_INFINITY;
  /** When it last began to doubt, by the monotonic clock. */
  #doubtedAtMs = Number.NEGATIVE_INFINITY;
  /** While it is in doubt that there is such a leader. */
  #cancelDoubt: (() => void) | undefined;
  /** While it waits for a roster that has this tab. */
  #cancelPatience: (() => void) | undefined;
  /** Ends the request for this tab's lock. */
  #asking: AbortController | undefined;

  constructor(context: TabPresenceContext) {
    this.#context = context;
    this.#page = new PageState(context.locks.page);
    this.known = new KnownTabs(context.clientId, this.#present(this.#own));
  }

  /** Takes part until the signal aborts. */
  start(given: Omit<Part, "run">): void {
    const part = { ...given, run: randomName() };
    this.#part = part;
    this.known.reset([this.#present(this.#own)]);
    const unfollow = this.#page.follow(this.#onPageChange);
    if (part.lock) this.#say(true);
    else void this.#takeLock(part);
    part.signal.addEventListener("abort", () => {
      unfollow();
      this.#stop();
    });
  }

  /** This tab leads: it keeps the roster until the turn is over. */
  lead(turn: LockContext): void {
    this.#endDoubt();
    this.#cancelPatience?.();
    this.#leader = { id: this.#own.id, epoch: turn.epoch, version: 0 };
    const keeper = new RosterKeeper(
      {
        ...this.#context,
        own: () => this.#own,
        call: () => this.call(),
        onRoster: (tabs) => this.#tellRoster(turn, tabs),
      },
      turn,
    );
    this.#keeper = keeper;
    turn.signal.addEventListener("abort", () => {
      if (this.#keeper !== keeper) return;
      this.#keeper = undefined;
      this.#show();
      // The roster of who leads next may have come before this tab knew.
      this.#say(true);
    });
    // Shown with the first roster, which knows what the one who led before has become.
    void keeper.start([...this.#roster.values()]);
  }

  /** Wants to hear from everybody, the leader's roster as well. */
  call(): void {
    this.#send({ type: "call" });
  }

  receive(message: PresenceMessage): void {
    if (!this.#part?.lock || !this.#page.isAwake) return;
    if (message.type === "roster") this.#onRoster(message);
    else if (message.type === "call") this.#say(false);
    else if (message.tab.id !== this.#own.id) this.#onState(message);
  }

  #onState(message: StateMessage): void {
    if (this.#keeper) {
      this.#keeper.heard(message);
      return;
    }
    // For the case that this tab leads next; until then the roster is what holds.
    const { tab } = message;
    if (tab.state === "gone") this.#roster.delete(tab.id);
    else if (this.#roster.has(tab.id)) this.#roster.set(tab.id, tab);
  }

  get #own(): ListedTab {
    const { current } = this.#page;
    const state = current === "gone" ? "hidden" : current;
    return { id: this.#context.clientId(), run: this.#part?.run ?? "", state };
  }

  #onRoster({ epoch, version, leader, tabs }: RosterMessage): void {
    if (this.#keeper) {
      // Until its turn is over nobody else leads. Whoever believed it shall hear otherwise; not an
      // earlier leader, though, for that one would answer.
      const nowMs = this.#context.clock.monotonic();
      // Not at once again either: where locks are not shared two lead, and would answer each other.
      const isTime = nowMs - this.#answeredAtMs >= DOUBT_MS;
      if (this.#leader && epoch >= this.#leader.epoch && isTime) {
        this.#answeredAtMs = nowMs;
        this.#keeper.tell();
      }
      return;
    }
    const last = this.#leader ?? { epoch: 0, version: 0 };
    // It came twice.
    if (epoch === last.epoch && version === last.version) return;
    if (epoch < last.epoch || (epoch === last.epoch && version < last.version)) {
      this.#doubt();
      return;
    }
    this.#endDoubt();
    this.#leader = { id: leader, epoch, version };
    this.#take(tabs);
    // A leader that began after this tab's hello does not know it.
    if (this.#roster.has(this.#own.id)) this.#cancelPatience?.();
    else this.#say(false);
  }

  /**
   * What comes is out of date, or what was believed was made up: whoever leads is asked, and without
   * a newer roster the next one is taken, whatever its epoch.
   */
  #doubt(): void {
    const nowMs = this.#context.clock.monotonic();
    if (this.#cancelDoubt || nowMs - this.#doubtedAtMs < DOUBT_MS) return;
    this.#doubtedAtMs = nowMs;
    this.#cancelDoubt = this.#context.clock.setTimer(() => {
      this.#cancelDoubt = undefined;
      this.#leader = undefined;
      this.#say(true);
    }, DOUBT_MS);
    this.#say(true);
  }

  #endDoubt(): void {
    this.#cancelDoubt?.();
    this.#cancelDoubt = undefined;
  }

  #tellRoster({ epoch }: LockContext, tabs: readonly ListedTab[]): void {
    if (this.#leader?.epoch !== epoch) return;
    const { id: leader, version: last } = this.#leader;
    const version = last + 1;
    this.#leader = { id: leader, epoch, version };
    this.#send({ type: "roster", epoch, version, leader, tabs });
    this.#take(tabs);
  }

  #take(tabs: readonly ListedTab[]): void {
    this.#shown = tabs;
    this.#roster.clear();
    for (const tab of tabs) this.#roster.set(tab.id, tab);
    this.#show();
  }

  #show(): void {
    if (!this.#page.isAwake) return;
    const own = this.#own;
    const others = this.#shown.filter(({ id }) => id !== own.id);
    this.known.update([own, ...others].map((tab) => this.#present(tab)));
  }

  #present({ id, state }: ListedTab): PresentTab {
    const isAsleep = state === "asleep" || state === "cached";
    const isOwn = id === this.#context.clientId();
    const leads = id === this.#leader?.id && (!isOwn || this.#keeper !== undefined);
    return { id, state: isAsleep ? "asleep" : state, leader: leads && !isAsleep };
  }

  readonly #onPageChange = (was: TabState | "gone"): void => {
    const part = this.#part as Part;
    const { current } = this.#page;
    if (current === "cached" || current === "gone") {
      this.#say(false);
      // A lock that is held in the back/forward cache gets the page dropped from it.
      void part.lock?.release();
      part.lock = undefined;
      this.#asking?.abort();
      return;
    }
    this.#show();
    if (part.lock) this.#say(was === "asleep");
    else void this.#takeLock(part);
  };

  /** Only whoever holds its lock is there for others. */
  async #takeLock(part: Part): Promise<void> {
    const asking = new AbortController();
    this.#asking?.abort();
    this.#asking = asking;
    try {
      const lock = await acquire(this.#context.locks, this.#context.prefix + this.#own.id, {
        signal: AbortSignal.any([part.signal, asking.signal]),
      });
      if (asking.signal.aborted) return void lock.release();
      part.lock = lock;
      this.#say(true);
    } catch {
      // It takes part no more or sleeps, or there are no locks, of which the leadership tells.
    }
  }

  #say(asks: boolean): void {
    if (!this.#part?.lock) return;
    // The leader's roster says it, as long as it hears anybody.
    if (this.#keeper && this.#page.isAwake) {
      this.#keeper.tell();
      return;
    }
    if (asks) this.#ask(0);
    else this.#sendState(false);
  }

  /** Asks for the roster, until there is one with this tab in it. */
  #ask(round: number): void {
    this.#cancelPatience?.();
    const patienceMs = PATIENCE_MS[round];
    if (patienceMs !== undefined) {
      this.#cancelPatience = this.#context.clock.setTimer(() => this.#ask(round + 1), patienceMs);
    }
    this.#sendState(true);
  }

  #sendState(asks: boolean): void {
    const { id, run } = this.#own;
    this.#send({ type: "state", tab: { id, run, state: this.#page.current }, asks });
  }

  #send(message: PresenceMessage): void {
    this.#part?.send({ v: PRESENCE_VERSION, kind: "presence", ...message });
  }

  #stop(): void {
    const { run, lock } = this.#part as Part;
    if (lock) {
      this.#send({ type: "state", tab: { id: this.#own.id, run, state: "gone" }, asks: false });
      void lock.release();
    }
    this.#endDoubt();
    this.#cancelPatience?.();
    this.#part = undefined;
    this.#keeper = undefined;
    this.#leader = undefined;
    this.#roster.clear();
    this.#shown = [];
    // Nobody left: this tab knows of nobody.
    this.known.reset([this.#present(this.#own)]);
  }
}
