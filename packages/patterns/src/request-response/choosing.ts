import { acquire, type WebLocks } from "@pubsub-mfe/core/locks";
import type { Deadline, Deadlines } from "../shared/deadlines.js";
import { IN_PAGE, type PatternBus } from "../shared/pattern-bus.js";
import { tell } from "../shared/tell.js";
import type { Call } from "./call.js";
import { ExecutorGoneError, NoClaimError } from "./errors.js";
import { CONTROL, type Control, type Notice } from "./wire.js";

/** How long offers of all tabs are awaited where one of them may know the key of the request. */
const OFFERS_MS = 50;
/** What a tab sent before it went may arrive a little after its lock is free. */
const LAST_WORDS_MS = 100;

type Offer = Extract<Notice, { type: "offer" }>;

/**
 * Chooses one of those who offer to run a request. Over tabs it then waits, behind that one, for the
 * lock which it holds as long as it has not been told that its answer came: who gets it before an
 * answer knows at once that the other tab is gone.
 */
export class Choosing {
  readonly #call: Call;
  readonly #bus: PatternBus;
  readonly #deadlines: Deadlines;
  readonly #locks: WebLocks | undefined;
  readonly #askAgain: () => void;
  readonly #isOverTabs: boolean;
  readonly #offers: Offer[] = [];
  #chosen: string | undefined;
  #isClaimed = false;
  #deadline: Deadline | undefined;
  #waitedMs = 0;

  constructor(
    call: Call,
    bus: PatternBus,
    deadlines: Deadlines,
    locks: WebLocks | undefined,
    askAgain: () => void,
  ) {
    this.#call = call;
    this.#bus = bus;
    this.#deadlines = deadlines;
    this.#locks = locks;
    this.#askAgain = askAgain;
    this.#isOverTabs = call.options.scope === "tabs";
  }

  /** Call it once the request is published. */
  begin(): void {
    this.#call.whenDone(() => this.#deadlines.remove(this.#deadline));
    if (this.#isOverTabs) this.#awaitClaim();
  }

  receive(notice: Notice): void {
    if (!this.#call.isOpen) return;
    if (notice.type === "offer") this.#collect(notice);
    if (notice.type === "claim" && notice.handlerId === this.#chosen) this.#claimed(notice.lock);
  }

  #collect(offer: Offer): void {
    if (this.#offers.some(({ handlerId }) => handlerId === offer.handlerId)) return;
    this.#offers.push(offer);
    if (this.#offers.length > 1 || this.#chosen) return;
    const { idempotencyKey } = this.#call.options;
    if (this.#isOverTabs && idempotencyKey) {
      const deadline = this.#deadlines.add(OFFERS_MS, () => this.#choose());
      this.#call.whenDone(() => this.#deadlines.remove(deadline));
    } else {
      // The offers of this page come in one turn.
      queueMicrotask(() => this.#choose());
    }
  }

  #choose(): void {
    if (!this.#call.isOpen || this.#isClaimed) return;
    const { idempotencyKey } = this.#call.options;
    const best = this.#offers.reduce((a, b) => (isBetter(b, a, idempotencyKey) ? b : a));
    this.#chosen = best.handlerId;
    this.#tell({ type: "accept", handlerId: best.handlerId });
  }

  #awaitClaim(): void {
    const { claimWithin, waitForHandler } = this.#call.options;
    this.#deadlines.remove(this.#deadline);
    this.#deadline = this.#deadlines.add(claimWithin, () => {
      this.#waitedMs += claimWithin;
      this.#passOver();
      if (this.#offers.length > 0) this.#choose();
      else if (this.#waitedMs >= waitForHandler) {
        return this.#call.fail(new NoClaimError(this.#call.method, this.#waitedMs));
      } else this.#askAgain();
      if (this.#call.isOpen) this.#awaitClaim();
    });
  }

  /** The one that was chosen did not take it in time. */
  #passOver(): void {
    const place = this.#offers.findIndex(({ handlerId }) => handlerId === this.#chosen);
    if (place >= 0) this.#offers.splice(place, 1);
    this.#chosen = undefined;
  }

  #claimed(lock: string | undefined): void {
    if (this.#isClaimed) return;
    this.#isClaimed = true;
    this.#deadlines.remove(this.#deadline);
    this.#call.whenDone(() => this.#tell({ type: "received" }));
    if (lock && this.#locks) void this.#watch(this.#locks, lock);
  }

  async #watch(locks: WebLocks, lock: string): Promise<void> {
    const over = new AbortController();
    this.#call.whenDone(() => over.abort());
    try {
      const held = await acquire(locks, lock, { signal: over.signal });
      void held.release();
    } catch {
      // The call is settled, or the platform refuses locks: then its timeout ends it.
      return;
    }
    this.#deadline = this.#deadlines.add(LAST_WORDS_MS, () =>
      this.#call.fail(new ExecutorGoneError(this.#call.method)),
    );
  }

  #tell(control: Control): void {
    const topic = `${CONTROL}${this.#call.requestId}`;
    tell(this.#bus, topic, control, this.#isOverTabs ? undefined : IN_PAGE);
  }
}

/**
 * With a key, all askers of it choose the same of the same offers, and the one first that knows it;
 * without, the one that has the least to do.
 */
function isBetter(offer: Offer, than: Offer, key: string | undefined): boolean {
  if (!key) return offer.load < than.load;
  if (offer.knowsKey !== than.knowsKey) return offer.knowsKey;
  return offer.handlerId < than.handlerId;
}
