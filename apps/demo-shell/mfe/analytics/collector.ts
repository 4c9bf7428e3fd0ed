import type { PubSubBus } from "@pubsub-mfe/core";
import { Aggregator, type SourceOutcome } from "@pubsub-mfe/patterns/aggregator";
import type { DashboardAnswers } from "../../src/contract.js";

export type Source = keyof DashboardAnswers;

export const SOURCES: readonly Source[] = ["catalog", "cart", "inventory"];

/** How long a source has to answer, in milliseconds. */
const TIMEOUT_MS = 1_500;

/** What came of one source, and after how long, in milliseconds. */
export interface Report {
  readonly outcome: SourceOutcome;
  readonly tookMs: number;
}

/** What a dashboard shows. */
export interface Collection {
  /** The answers of the sources that answered, when they were asked last. */
  readonly values: Partial<DashboardAnswers>;
  readonly reports: ReadonlyMap<Source, Report>;
  readonly isAsking: boolean;
  /** When the last answers were all in, in milliseconds since the epoch. */
  readonly asOf: number | undefined;
}

/** Asks all sources, and takes what comes. */
export class Collector {
  readonly #aggregator: Aggregator<DashboardAnswers>;
  readonly #onChange: (collection: Collection) => void;
  #values: Partial<DashboardAnswers> = {};
  readonly #reports = new Map<Source, Report>();
  #isAsking = false;
  /** Whether somebody wanted it again while it asked. */
  #isWanted = false;
  #asOf: number | undefined;

  constructor(bus: PubSubBus, onChange: (collection: Collection) => void) {
    this.#aggregator = new Aggregator<DashboardAnswers>(bus);
    this.#onChange = onChange;
  }

  /** Asks now, or once more when what is being asked is in. */
  async collect(signal: AbortSignal): Promise<void> {
    this.#isWanted = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        await this.#collectOnce(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#isAsking = false;
      this.#tell();
    }
  }

  dispose(): void {
    this.#aggregator.dispose();
  }

  async #collectOnce(signal: AbortSignal): Promise<void> {
    const startMs = performance.now();
    this.#tell();
    await this.#aggregator.collect({
      sources: SOURCES,
      timeout: TIMEOUT_MS,
      signal,
      onPartial: (source, outcome) => {
        this.#reports.set(source, { outcome, tookMs: performance.now() - startMs });
        const { [source]: _, ...others } = this.#values;
        this.#values = "value" in outcome ? { ...others, [source]: outcome.value } : others;
        this.#tell();
      },
    });
    this.#asOf = Date.now();
  }

  #tell(): void {
    this.#onChange({
      values: this.#values,
      reports: this.#reports,
      isAsking: this.#isAsking,
      asOf: this.#asOf,
    });
  }
}
