import type { Work } from "./connection.js";
import { type HandedOver, HandoverStore } from "./handover-store.js";
import { type RestoringLimits, restore } from "./restoring.js";

/** What a handover works with. */
export interface HandoverContext {
  readonly dbName: string;
  use<R>(work: Work<R>): Promise<R>;
  limits(): RestoringLimits;
  log(event: string, details: object): void;
  /** So many messages that another page had left are in the log now. */
  onRestored(count: number): void;
}

/** What one page could not store before it went away, and the next one stores. */
export class Handover {
  readonly #context: HandoverContext;
  readonly #store: HandoverStore;
  #beginning: Promise<void> | undefined;
  #going: Promise<void> | undefined;

  constructor(context: HandoverContext) {
    this.#context = context;
    this.#store = new HandoverStore(context.dbName);
  }

  /** Until what earlier pages have left is in the log, before anything of this page; never rejects. */
  get beginning(): Promise<void> | undefined {
    return this.#beginning;
  }

  /** Stores what earlier pages have left. */
  begin(ns: string): void {
    this.#beginning = this.#restore(ns).finally(() => {
      this.#beginning = undefined;
    });
  }

  /** Stores what pages have left that were there besides this one. */
  goOn(ns: string): void {
    // One at a time: a clock that was turned far brings many ticks at once.
    this.#going ??= this.#restore(ns).finally(() => {
      this.#going = undefined;
    });
  }

  /** Asks for it at once: the page may not live to see another turn. */
  leave(page: HandedOver): void {
    this.#store.leave(page);
  }

  clear(ns: string): Promise<void> {
    return this.#store.clear(ns);
  }

  async close(): Promise<void> {
    await Promise.all([this.#beginning, this.#going]);
    this.#store.close();
  }

  /** What cannot be stored now is tried again. */
  async #restore(ns: string): Promise<void> {
    const { use, limits, log, onRestored } = this.#context;
    try {
      await this.#store.open();
      await this.#store.take(ns, async (page) => {
        const count = await use((db, id) => restore(db, id, page, limits()));
        log("restored", { count });
        if (count > 0) onRestored(count);
      });
    } catch (error) {
      log("not restored", { error });
    }
  }
}
