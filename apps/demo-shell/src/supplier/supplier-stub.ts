import type { Supplier } from "../contract.js";
import { settings } from "../settings.js";
import { wait } from "../wait.js";

/** How the supplier behaves. */
export interface SupplierFaults {
  /** The share of calls that fail, in percent. */
  readonly errorRate: number;
  /** How long a call takes, in milliseconds, give or take a fifth. */
  readonly latencyMs: number;
}

const WELL: SupplierFaults = { errorRate: 0, latencyMs: 300 };

/** Under which the tabs share how the supplier behaves. */
const KEY = "supplier.faults";

/** What it has; nothing changes it. */
const STOCK: Readonly<Record<string, number>> = { "LAN-1": 12, "STO-1": 2, "KET-1": 31 };

/** Stands in for a supplier: as slow as a real one, and as bad as the visitor has it, in all tabs. */
export class SupplierStub implements Supplier {
  readonly #listeners = new Set<() => void>();

  constructor() {
    addEventListener("storage", ({ key }) => {
      if (key === KEY) this.#tell();
    });
  }

  /** Calls the listener when its behaviour changed, here or in another tab. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  get faults(): SupplierFaults {
    try {
      const { errorRate, latencyMs } = { ...WELL, ...JSON.parse(settings.get(KEY) ?? "{}") };
      return {
        errorRate: Number.isFinite(errorRate) ? errorRate : WELL.errorRate,
        latencyMs: Number.isFinite(latencyMs) ? latencyMs : WELL.latencyMs,
      };
    } catch {
      return WELL;
    }
  }

  /** Changes its behaviour, for calls that begin from now on. */
  set(faults: Partial<SupplierFaults>): void {
    settings.set(KEY, JSON.stringify({ ...this.faults, ...faults }));
    this.#tell();
  }

  /** Has it work as it did at first. */
  heal(): void {
    this.set(WELL);
  }

  async stock(sku: string, { signal }: { readonly signal: AbortSignal }): Promise<number> {
    const { errorRate, latencyMs } = this.faults;
    await wait(latencyMs * (0.8 + 0.4 * Math.random()), signal);
    if (Math.random() * 100 < errorRate) throw new Error("The supplier answered 503.");
    return STOCK[sku] ?? 0;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
