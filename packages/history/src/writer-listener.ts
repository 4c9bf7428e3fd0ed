import type { Collector } from "./collector.js";
import type { HistorySettings } from "./config.js";
import type { HistoryError } from "./errors.js";
import type { Trouble } from "./trouble.js";
import type { WriterListener } from "./writer.js";

/** Those who are told of what a writer does. */
export interface WriterAudience {
  readonly settings: HistorySettings;
  readonly trouble: Trouble;
  readonly collector: Collector;
  /** There is something new in the log. */
  onStored(): void;
}

/** Tells of what a writer does, and counts it. */
export class CountingListener implements WriterListener {
  readonly #audience: WriterAudience;
  persisted = 0;
  duplicates = 0;

  constructor(audience: WriterAudience) {
    this.#audience = audience;
  }

  onCommit(persisted: number, duplicates: number): void {
    const { settings, collector, onStored } = this.#audience;
    settings.log("committed", { persisted, duplicates });
    this.persisted += persisted;
    this.duplicates += duplicates;
    collector.added(persisted);
    if (persisted > 0) onStored();
  }

  onRefused(error: HistoryError): void {
    this.#audience.settings.onError(error);
  }

  async makeRoom(): Promise<void> {
    const { trouble, collector } = this.#audience;
    trouble.onCollectedForRoom(await collector.collect().catch(() => 0));
  }

  onDegraded(error: HistoryError): void {
    const { settings, trouble } = this.#audience;
    trouble.onDegraded(error);
    settings.onError(error);
  }

  onDropped(count: number): void {
    this.#audience.trouble.onDropped(count);
  }

  onRecovered(): void {
    this.#audience.trouble.onRecovered();
  }
}
