import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import {
  createNetwork,
  type NetworkTab,
  type Recorder,
  record,
  type TestNetwork,
} from "@pubsub-mfe/core/testing";
import { createCrossTabAdapter, isCrossTabError, type MessageGapError } from "../index.js";
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

/** One life of a tab, from its opening to its crash. */
export class Life {
  readonly name: string;
  readonly tab: NetworkTab;
  readonly bus: PubSubBus;
  readonly openedMs: number;
  readonly received: Recorder<Stamp>;
  readonly gaps: MessageGapError[] = [];
  /** When it sent which number. */
  readonly sentMs: number[] = [];
  state: "awake" | "frozen" | "gone" = "awake";

  constructor(name: string, tab: NetworkTab) {
    this.name = name;
    this.tab = tab;
    this.openedMs = tab.clock.monotonic();
    this.bus = createPubSub({ app: "shop", clock: tab.clock });
    this.received = record<Stamp>(this.bus, "#");
  }

  async attach(): Promise<void> {
    const adapter = createCrossTabAdapter({
      transport: networkTransport(this.tab.channel("shop")),
      clientId: this.name,
      clock: this.tab.clock,
      onError: (error) => {
        if (!isCrossTabError(error, "MESSAGE_GAP")) throw error;
        this.gaps.push(error);
      },
    });
    await adapter.attach(this.bus);
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

/** Tabs whose buses are linked over a network that loses, doubles, delays and parts them. */
export class World {
  readonly network: TestNetwork;
  readonly lives: Life[] = [];

  constructor(seed: number) {
    const label = (data: unknown) => (data as { kind: string }).kind;
    const mishaps = { drop: 0.02, duplicate: 0.05, reorder: 0.05 };
    this.network = createNetwork({ seed, delay: DELAY_MS, label, ...mishaps });
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

  freeze(life: Life): void {
    this.network.freeze(life.tab);
    life.state = "frozen";
  }

  thaw(life: Life): void {
    this.network.thaw(life.tab);
    life.state = "awake";
  }

  crash(life: Life): void {
    this.network.crash(life.tab);
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
    const life = new Life(`${id}/${this.lives.length}`, tab);
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
    if (receiver.state === "gone" || sender.state === "gone") return;
    const got = new Set(receiver.numbersOf(sender));
    for (const [index, sentMs] of sender.sentMs.entries()) {
      const n = index + 1;
      if (got.has(n) || receiver.knowsOfGap(sender, n)) continue;
      if (sentMs < receiver.openedMs + KNOWN_AFTER_MS) continue;
      yield `${receiver.name} lost ${n} of ${sender.name}, and was not told`;
    }
  }
}
