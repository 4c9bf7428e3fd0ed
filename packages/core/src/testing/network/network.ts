import { InvalidArgumentError } from "../../errors.js";
import { show } from "../../show.js";
import { advanceStepwise } from "../advance.js";
import { ManualClock } from "../manual-clock.js";
import { settleTasks } from "../tasks.js";
import { Carriage } from "./carriage.js";
import type { NetworkChannel } from "./channel.js";
import { assertNetworkConfig, type NetworkConfig } from "./config.js";
import { Partition } from "./partition.js";
import { NetworkTab } from "./tab.js";
import { type NetworkEvent, type NetworkStats, Trace } from "./trace.js";

/** So many deliveries in one `settle` are tabs that answer each other without end. */
const MOST_DELIVERIES = 100_000;

/**
 * Creates a network of tabs in memory, whose mishaps all come from one seed.
 *
 * @throws {@link InvalidArgumentError} for a value that an option cannot have
 *
 * @example
 * ```ts
 * const network = createNetwork({ seed: 7, drop: 0.02, delay: [1, 20] });
 * const [a, b] = [network.open("a").channel("shop"), network.open("b").channel("shop")];
 * b.onmessage = ({ data }) => received.push(data);
 * a.postMessage({ sku: "A-1" });
 * await network.settle();
 * ```
 */
export function createNetwork(config: NetworkConfig = {}): TestNetwork {
  assertNetworkConfig(config);
  return new TestNetwork(config);
}

/** Tabs of one origin, and what carries messages between them; see {@link createNetwork}. */
export class TestNetwork {
  readonly clock: ManualClock;
  readonly #trace: Trace;
  readonly #carriage: Carriage;
  readonly #tabs = new Map<string, NetworkTab>();
  #opened = 0;

  /** @internal */
  constructor(config: NetworkConfig) {
    const { clock = new ManualClock() } = config;
    const startMs = clock.monotonic();
    this.clock = clock;
    this.#trace = new Trace(() => clock.monotonic() - startMs);
    this.#carriage = new Carriage(config, clock, this.#trace);
  }

  /** Opens a tab; without an id it gets one, `tab-1` and so on. */
  open(id: string = `tab-${++this.#opened}`): NetworkTab {
    if (this.#tabs.get(id)) {
      throw new InvalidArgumentError(
        `There is a tab ${show(id)}: choose another id, or crash it and let it rejoin().`,
      );
    }
    return this.#enter(id);
  }

  /** Opens an end of a channel in a tab of its own. */
  channel(name: string): NetworkChannel {
    return this.open().channel(name);
  }

  /** Opens a tab anew that crashed: with the same id, and nothing of what it had. */
  rejoin(id: string): NetworkTab {
    if (this.#tabs.get(id)?.state !== "gone") {
      throw new InvalidArgumentError(`No tab ${show(id)} has crashed: open(id) opens a new one.`);
    }
    return this.#enter(id);
  }

  /** Ends a tab without a word. What it sent before still arrives. */
  crash(tab: NetworkTab | string): void {
    const crashed = this.#find(tab, ["awake", "frozen"]);
    this.#trace.add("crashed", { tab: crashed.id });
    crashed.end();
  }

  /** Stops a tab: messages to it, its timers and what it sends wait until it thaws. */
  freeze(tab: NetworkTab | string): void {
    const frozen = this.#find(tab, ["awake"]);
    this.#trace.add("frozen", { tab: frozen.id });
    frozen.freeze();
  }

  /** Lets a frozen tab go on: what waited reaches it, in order, each in a task of its own. */
  thaw(tab: NetworkTab | string): void {
    const thawed = this.#find(tab, ["frozen"]);
    this.#trace.add("thawed", { tab: thawed.id });
    thawed.thaw();
  }

  /**
   * Cuts the network: from now on what is sent from one group to another is lost. What is under way
   * still arrives.
   *
   * @param groups - of ids; tabs that are in none of them are one more group
   * @throws {@link InvalidArgumentError} for a tab that is in two groups
   */
  partition(groups: readonly (readonly string[])[]): void {
    this.#carriage.partition = new Partition(groups);
    this.#trace.add("cut", { note: groups.map((group) => group.join(" ")).join(" | ") });
  }

  /** Ends the partition. */
  heal(): void {
    this.#carriage.partition = new Partition([]);
    this.#trace.add("healed", {});
  }

  /**
   * Runs the clock until nothing is under way: neither messages, nor what waits for a tab that has
   * thawed. Frozen tabs are not waited for.
   *
   * @returns rejects with what a listener or a timer throws
   */
  async settle(): Promise<void> {
    await settleTasks();
    for (let deliveries = 0; this.#inFlight() > 0; deliveries += 1) {
      if (deliveries === MOST_DELIVERIES) {
        throw new Error(
          `The network did not come to rest in ${MOST_DELIVERIES} steps: do tabs answer each other without end?`,
        );
      }
      this.clock.fireNext();
      await settleTasks();
    }
  }

  /**
   * Lets time pass: delivers what is due, and fires timers, each at its moment.
   *
   * @param ms - in milliseconds
   * @returns rejects with what a listener or a timer throws
   */
  advance(ms: number): Promise<void> {
    return advanceStepwise(this.clock, ms, settleTasks);
  }

  /** All that happened, in order: two runs with one seed have the same. */
  get trace(): readonly NetworkEvent[] {
    return this.#trace.events;
  }

  /** The trace as text, one line an event. */
  printTrace(): string {
    return this.#trace.print();
  }

  /** Counts what was sent, and what became of it. */
  get stats(): NetworkStats {
    const count = this.#trace.count.bind(this.#trace);
    return {
      sent: count("sent"),
      delivered: count("delivered"),
      dropped: count("dropped"),
      duplicated: count("duplicated"),
      reordered: count("reordered"),
      partitioned: count("partitioned"),
      refused: count("refused"),
      inFlight: this.#inFlight(),
    };
  }

  #inFlight(): number {
    let count = this.#carriage.scheduled;
    for (const tab of this.#tabs.values()) if (tab.state === "awake") count += tab.waiting;
    return count;
  }

  #enter(id: string): NetworkTab {
    const tab = new NetworkTab(id, this.clock, this.#carriage);
    this.#tabs.set(id, tab);
    this.#trace.add("opened", { tab: id });
    return tab;
  }

  #find(tab: NetworkTab | string, states: readonly NetworkTab["state"][]): NetworkTab {
    const found = typeof tab === "string" ? this.#tabs.get(tab) : tab;
    if (found && states.includes(found.state)) return found;
    const id = typeof tab === "string" ? tab : tab.id;
    throw new InvalidArgumentError(
      `The tab ${show(id)} is ${found?.state ?? "not open"}: it must be ${states.join(" or ")}.`,
    );
  }
}
