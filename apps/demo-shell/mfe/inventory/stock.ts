import type { PubSubBus } from "@pubsub-mfe/core";
import type { CircuitBreaker } from "@pubsub-mfe/patterns/circuit-breaker";
import type { BreakerCalls, StockChanged, StockLevel, Supplier } from "../../src/contract.js";
import { Remembered } from "./remembered.js";
import { stocked } from "./stocked.js";
import { createSupplierBreaker, saveBreaker } from "./supplier-breaker.js";

/** A supplier that takes longer, in milliseconds, has failed. */
const SUPPLIER_TIMEOUT_MS = 2_500;

/** For so long, in milliseconds, nobody has the supplier asked again but by a refresh. */
const MAX_AGE_MS = 3_000;

/** The stock of all products: from the supplier while its circuit lets calls through, or remembered. */
export class Stock {
  /** Called after each change of a level or of the circuit. */
  onChange = (): void => {};
  readonly breaker: CircuitBreaker;
  readonly #bus: PubSubBus;
  readonly #supplier: Supplier;
  readonly #taken: (sku: string) => number;
  readonly #signal: AbortSignal;
  readonly #remembered = new Remembered();
  readonly #levels = new Map<string, StockLevel>();
  readonly #askedAt = new Map<string, number>();
  readonly #asking = new Map<string, Promise<StockLevel>>();
  /** What was told last of the calls of the breaker. */
  #told = { calls: 0, failed: 0 };
  #probeTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param taken - how many pieces of a product are reserved or sold
   * @param signal - ends it: nothing is asked any more
   */
  constructor(
    bus: PubSubBus,
    supplier: Supplier,
    taken: (sku: string) => number,
    signal: AbortSignal,
  ) {
    this.#bus = bus;
    this.#supplier = supplier;
    this.#taken = taken;
    this.#signal = signal;
    for (const { sku } of stocked) this.#levels.set(sku, this.#recall(sku));
    // Before the breaker is made: it tells when it is open since before a reload.
    bus.subscribe("circuit.+", ({ topic, payload, meta }) => {
      if (payload.name !== "supplier" || meta?._crossTab) return;
      this.#settled();
      // The supplier is back: what is only remembered can be known again.
      if (topic !== "circuit.closed") return;
      for (const { sku, isFresh } of this.levels) if (!isFresh) this.#askInBackground(sku);
    });
    this.breaker = createSupplierBreaker(bus);
    signal.addEventListener("abort", () => clearTimeout(this.#probeTimer));
  }

  get levels(): readonly StockLevel[] {
    return [...this.#levels.values()];
  }

  get isAsking(): boolean {
    return this.#asking.size > 0;
  }

  /**
   * Returns what is known of a product; asks the supplier first, unless it was asked just now.
   *
   * @throws (rejects) a `RangeError` for what is not stocked
   */
  async get(sku: string): Promise<StockLevel> {
    const known = this.#levels.get(sku);
    if (!known) throw new RangeError(`The inventory has no product "${sku}".`);
    const ageMs = Date.now() - (this.#askedAt.get(sku) ?? 0);
    return ageMs < MAX_AGE_MS ? known : this.#ask(sku);
  }

  /** Pieces that the supplier has, as far as is known; asks it first, unless it was asked just now. */
  async supplied(sku: string): Promise<{ name: string; supplied: number | undefined }> {
    const { name } = await this.get(sku);
    return { name, supplied: this.#remembered.get(sku)?.left };
  }

  /** Something of a product was taken or given back. */
  recount(sku: string): void {
    const known = this.#levels.get(sku);
    if (!known || this.#signal.aborted) return;
    this.#levels.set(sku, { ...this.#recall(sku), isFresh: known.isFresh });
    this.onChange();
    this.#bus.publish<StockChanged>("stock.changed", { sku }, { scope: "page" });
  }

  /** Asks the supplier for everything. */
  refresh(): void {
    for (const { sku } of this.levels) this.#askInBackground(sku);
  }

  #askInBackground(sku: string): void {
    this.#ask(sku).catch((error) => {
      // Whoever is unmounted does not wait for it any more.
      if (!this.#signal.aborted) throw error;
    });
  }

  #ask(sku: string): Promise<StockLevel> {
    let asking = this.#asking.get(sku);
    if (!asking) {
      asking = this.#askSupplier(sku).finally(() => {
        this.#asking.delete(sku);
        this.#settled();
      });
      this.#asking.set(sku, asking);
      this.onChange();
    }
    return asking;
  }

  async #askSupplier(sku: string): Promise<StockLevel> {
    const left = await this.breaker.execute<number, undefined>(
      ({ signal }) => {
        // The time limit is the supplier's failure; that the page goes is nobody's.
        const limit = AbortSignal.any([signal, AbortSignal.timeout(SUPPLIER_TIMEOUT_MS)]);
        return this.#supplier.stock(sku, { signal: limit });
      },
      { signal: this.#signal, fallback: () => undefined },
    );
    const isFresh = left !== undefined;
    if (isFresh) this.#remembered.set(sku, { left, asOf: Date.now() });
    const level = { ...this.#recall(sku), isFresh };
    const known = this.#levels.get(sku);
    const isKnown = known !== undefined && this.#askedAt.has(sku);
    this.#askedAt.set(sku, Date.now());
    this.#levels.set(sku, level);
    if (!isKnown || known.left !== level.left || known.isFresh !== level.isFresh) {
      this.#bus.publish<StockChanged>("stock.changed", { sku }, { scope: "page" });
    }
    return level;
  }

  #recall(sku: string): StockLevel {
    const { left, asOf } = this.#remembered.get(sku) ?? {};
    const name = stocked.find((product) => product.sku === sku)?.name ?? sku;
    const free = left === undefined ? undefined : Math.max(0, left - this.#taken(sku));
    return { sku, name, left: free, asOf, isFresh: false };
  }

  #settled(): void {
    if (this.#signal.aborted) return;
    saveBreaker(this.breaker);
    this.#tellCalls();
    this.#planProbe();
    this.onChange();
  }

  /** For the control room: a breaker itself tells of its state alone. */
  #tellCalls(): void {
    const { calls, failureRate } = this.breaker.metrics.window ?? { calls: 0, failureRate: 0 };
    const failed = Math.round(calls * failureRate);
    if (calls === this.#told.calls && failed === this.#told.failed) return;
    this.#told = { calls, failed };
    const payload = { name: "supplier", calls, failed };
    this.#bus.publish<BreakerCalls>("breaker.calls", payload, { scope: "page" });
  }

  /** A circuit closes by a call alone: one is made when its time has come, and not before. */
  #planProbe(): void {
    clearTimeout(this.#probeTimer);
    const { retryAt = Infinity } = this.breaker.metrics;
    if (retryAt === Infinity) return;
    const [first] = this.#levels.keys();
    const probe = (): void => this.#askInBackground(first as string);
    this.#probeTimer = setTimeout(probe, Math.max(0, retryAt - Date.now()) + 1);
  }
}
