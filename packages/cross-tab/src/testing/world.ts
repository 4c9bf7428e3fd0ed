import { createPubSub, type PresentTab, type PubSubBus } from "@pubsub-mfe/core";
import {
  createNetwork,
  MemoryLockStore,
  type MemoryLocks,
  MemoryLog,
  type NetworkTab,
  type Recorder,
  record,
  type TestNetwork,
} from "@pubsub-mfe/core/testing";
import {
  type CrossTabAdapter,
  createCrossTabAdapter,
  isCrossTabError,
  type MessageGapError,
} from "../index.js";
import { DurableStore } from "./durable-store.js";
import { networkTransport } from "./network-transport.js";

/** How long a message is under way, in milliseconds; held back, a little longer. */
const DELAY_MS = [1, 20] as const;
/** By then the others have heard of a tab, in milliseconds. */
const KNOWN_AFTER_MS = 250;

/** What a message carries here: who sent it, in which of its lives, and the how manyth it is. */
interface Stamp {
  readonly sender: string;
  readonly n: number;
}

/** What the tabs of a world share. */
interface Shared {
  readonly log: MemoryLog | undefined;
  readonly store: DurableStore;
}

/** One life of a tab, from its opening to its crash. */
export class Life {
  readonly name: string;
  readonly tab: NetworkTab;
  readonly locks: MemoryLocks;
  readonly bus: PubSubBus;
  readonly openedMs: number;
  readonly received: Recorder<Stamp>;
  readonly gaps: MessageGapError[] = [];
  /** When it sent which number. */
  readonly sentMs: number[] = [];
  state: "awake" | "frozen" | "gone" = "awake";
  readonly #shared: Shared;
  #adapter: CrossTabAdapter | undefined;
  /** Of the turn in which it leads, as far as it knows. */
  #epoch: number | undefined;

  constructor(name: string, tab: NetworkTab, locks: MemoryLocks, shared: Shared) {
    this.name = name;
    this.tab = tab;
    this.locks = locks;
    this.#shared = shared;
    this.openedMs = tab.clock.monotonic();
    this.bus = createPubSub({ app: "shop", clock: tab.clock });
    this.received = record<Stamp>(this.bus, "#");
  }

  async attach(): Promise<void> {
    const { log } = this.#shared;
    const adapter = createCrossTabAdapter({
      transport: networkTransport(this.tab.channel("shop")),
      clientId: this.name,
      clock: this.tab.clock,
      locks: this.locks,
      repair: log?.attach(this.bus),
      onError: (error) => {
        if (!isCrossTabError(error, "MESSAGE_GAP")) throw error;
        this.gaps.push(error);
      },
    });
    this.#adapter = adapter;
    await adapter.attach(this.bus);
    const untilItsEnd = async ({ epoch, signal }: { epoch: number; signal: AbortSignal }) => {
      this.#epoch = epoch;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      if (this.#epoch === epoch) this.#epoch = undefined;
    };
    adapter.lead(untilItsEnd).catch(() => {});
  }

  get tabs(): readonly PresentTab[] {
    return this.#adapter?.tabs() ?? [];
  }

  get leads(): boolean {
    return this.#epoch !== undefined;
  }

  /** Does what only a leader may, if it takes itself for one. */
  act(): void {
    if (this.#epoch !== undefined) this.#shared.store.write(this.#epoch, this.name);
  }

  publish(): void {
    this.sentMs.push(this.tab.clock.monotonic());
    this.bus.publish("n", { sender: this.name, n: this.sentMs.length });
  }

  /** The numbers that it has received of another one, in order. */
  numbersOf({ name }: Life): number[] {
    return this.received.payloads.filter(({ sender }) => sender === name).map(({ n }) => n);
  }

  /** Whether it was told that it misses a message of another one. */
  knowsOfGap({ name }: Life, n: number): boolean {
    return this.gaps.some(({ clientId, range }) => {
      return clientId === name && range[0] <= n && n <= range[1];
    });
  }
}

/** Options of a {@link World}. */
export interface WorldOptions {
  /** Whether every page has attached a log. */
  readonly hasLog?: boolean;
}

/** Tabs whose buses are linked over a network that loses, doubles, delays and parts them. */
export class World {
  readonly network: TestNetwork;
  readonly lives: Life[] = [];
  readonly store: DurableStore = new DurableStore();
  readonly #locks: MemoryLockStore;
  readonly #log: MemoryLog | undefined;

  constructor(seed: number, { hasLog = false }: WorldOptions = {}) {
    const label = (data: unknown) => (data as { kind?: string }).kind ?? "presence";
    const mishaps = { drop: 0.02, duplicate: 0.05, reorder: 0.05 };
    this.network = createNetwork({ seed, delay: DELAY_MS, label, ...mishaps });
    this.#locks = new MemoryLockStore(this.network.clock);
    if (hasLog) this.#log = new MemoryLog();
  }

  withState(...states: Life["state"][]): Life[] {
    return this.lives.filter(({ state }) => states.includes(state));
  }

  async open(id: string): Promise<void> {
    await this.#enter(id, this.network.open(id));
  }

  async rejoin(life: Life): Promise<void> {
    await this.#enter(life.tab.id, this.network.rejoin(life.tab.id));
  }

  /** @param silently - whether the page does not hear of it, and so keeps the lead */
  async freeze(life: Life, silently: boolean): Promise<void> {
    await life.locks.freeze({ silently });
    this.network.freeze(life.tab);
    life.state = "frozen";
  }

  thaw(life: Life): void {
    this.network.thaw(life.tab);
    life.locks.thaw();
    life.state = "awake";
  }

  crash(life: Life): void {
    this.network.crash(life.tab);
    life.locks.close();
    life.state = "gone";
  }

  /** What is not as it was promised, in sentences; between any two that ever were there. */
  violations(): string[] {
    return this.lives.flatMap((receiver) =>
      this.lives
        .filter((sender) => sender !== receiver)
        .flatMap((sender) => [
          ...this.#misorder(receiver, sender),
          ...this.#losses(receiver, sender),
        ]),
    );
  }

  /** What is not as it was promised of those who lead, in sentences. */
  leaderViolations(): string[] {
    const names = this.withState("awake").flatMap((life) => (life.leads ? [life.name] : []));
    const leaders = names.length === 1 ? [] : [`these lead at the end: ${names.join(", ")}`];
    return [...this.store.violations, ...leaders, ...this.#ignorance()];
  }

  /** Of who is there, and who leads; a roster that was lost is told again. */
  *#ignorance(): Generator<string> {
    const awake = this.withState("awake");
    const names = awake.map(({ name }) => name).sort();
    for (const { name, tabs } of awake) {
      const ids = tabs.map(({ id }) => id).sort();
      if (ids.join() !== names.join()) yield `${name} knows of ${ids}, and there are ${names}`;
      const leader = awake.find(({ leads }) => leads)?.name;
      const known = tabs.find((tab) => tab.leader)?.id;
      if (known !== leader) yield `${name} takes ${known} for the leader, and it is ${leader}`;
    }
  }

  /** The gaps that were told of tabs that could have been asked. */
  needlessGaps(): string[] {
    const present = this.withState("awake");
    return present.flatMap((receiver) =>
      receiver.gaps
        .filter(({ clientId }) => present.some(({ name }) => name === clientId))
        .map(({ message }) => `${receiver.name} was told: ${message}`),
    );
  }

  dispose(): void {
    for (const { bus } of this.lives) bus.dispose();
  }

  async #enter(id: string, tab: NetworkTab): Promise<void> {
    const shared = { log: this.#log, store: this.store };
    const life = new Life(`${id}/${this.lives.length}`, tab, this.#locks.tab(), shared);
    await life.attach();
    this.lives.push(life);
  }

  *#misorder(receiver: Life, sender: Life): Generator<string> {
    const numbers = receiver.numbersOf(sender);
    for (const [index, n] of numbers.entries()) {
      const before = numbers[index - 1] ?? 0;
      if (n <= before) yield `${receiver.name} got ${n} of ${sender.name} after ${before}`;
      const sentMs = sender.sentMs[n - 1] as number;
      if (sentMs < receiver.openedMs) {
        yield `${receiver.name} got ${n} of ${sender.name}, which is from before it was there`;
      }
    }
  }

  /** Of what was sent while both were there; a tab is there once the others can have heard of it. */
  *#losses(receiver: Life, sender: Life): Generator<string> {
    if (receiver.state === "gone" || (sender.state === "gone" && !this.#log)) return;
    const got = new Set(receiver.numbersOf(sender));
    for (const [index, sentMs] of sender.sentMs.entries()) {
      const n = index + 1;
      // With a log nothing is lost, told or not.
      if (got.has(n) || (!this.#log && receiver.knowsOfGap(sender, n))) continue;
      if (sentMs < receiver.openedMs + KNOWN_AFTER_MS) continue;
      yield `${receiver.name} lost ${n} of ${sender.name}${this.#log ? "" : ", and was not told"}`;
    }
  }
}
