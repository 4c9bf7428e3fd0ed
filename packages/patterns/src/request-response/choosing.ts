import { acquire, type WebLocks } from "@pubsub-mfe/core/locks";
import type { Deadline, Deadlines } from "../shared/deadlines.js";
import { IN_PAGE, type PatternBus } from "../shared/pattern-bus.js";
import { tell } from "../shared/tell.js";
import type { Call } from "./call.js";
import { ExecutorGoneError, HandlerGoneError, NoClaimError } from "./errors.js";
import { CONTROL, type Control, type Notice } from "./wire.js";

/**
 * How long offers of all tabs are awaited where one of them may know the key of the request: long
 * enough for tabs that are busy, as askers choose alike of what they have heard until then.
 */
const OFFERS_MS = 100;
/** What a tab sent before it went may arrive a little after its lock is free. */
const LAST_WORDS_MS = 100;

type Offer = Extract<Notice, { type: "offer" }>;

/** How many open calls of one asker each handler was chosen for, by its id. */
export type Assignments = Map<string, number>;

/**
 * Chooses one of those who offer to run a request. Over tabs it then waits, behind that one, for the
 * lock which it holds as long as it has not been told that its answer came: who gets it before an
 * answer knows at once that the other tab is gone.
 */
export class Choosing {
  readonly #call: Call;
  readonly #bus: PatternBus;
  readonly #assigned: Assignments;
  readonly #deadlines: Deadlines;
  readonly #locks: WebLocks | undefined;
  readonly #askAgain: () => void;
  readonly #isOverTabs: boolean;
  readonly #offers: Offer[] = [];
  /** Those that were chosen so far: the first of them that claims it is the one. */
  readonly #accepted = new Set<string>();
  #chosen: Offer | undefined;
  #isDeciding = false;
  #isClaimed = false;
  #deadline: Deadline | undefined;
  #waitedMs = 0;
  #wasPatient = false;

  constructor(
    call: Call,
    bus: PatternBus,
    assigned: Assignments,
    deadlines: Deadlines,
    locks: WebLocks | undefined,
    askAgain: () => void,
  ) {
    this.#call = call;
    this.#bus = bus;
    this.#assigned = assigned;
    this.#deadlines = deadlines;
    this.#locks = locks;
    this.#askAgain = askAgain;
    this.#isOverTabs = call.options.scope === "tabs";
  }

  /** Call it once the request is published. */
  begin(): void {
    this.#call.whenDone(() => this.#end());
    if (this.#isOverTabs && this.#call.isOpen) this.#awaitClaim();
  }

  receive(notice: Notice): void {
    if (!this.#call.isOpen || this.#isClaimed) return;
    if (notice.type === "offer") this.#collect(notice);
    if (notice.type === "withdraw") this.#withdrawn(notice.handlerId);
    if (notice.type === "claim" && this.#accepted.has(notice.handlerId)) this.#claimed(notice);
  }

  #collect(offer: Offer): void {
    // It may have come to know the key since.
    this.#drop(offer.handlerId);
    this.#offers.push(offer);
    if (this.#chosen || this.#isDeciding) return;
    this.#isDeciding = true;
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
    this.#isDeciding = false;
    if (!this.#call.isOpen || this.#chosen || this.#isClaimed) return;
    const [first, ...others] = this.#offers;
    if (!first) return;
    const best = others.reduce((a, b) => (this.#isBetter(b, a) ? b : a), first);
    this.#chosen = best;
    this.#accepted.add(best.handlerId);
    this.#assign(best.handlerId, 1);
    this.#tell({ type: "accept", handlerId: best.handlerId });
  }

  /**
   * With a key, all askers of it choose the same of the same offers, and the one first that knows it;
   * without, the one that has the least to do.
   */
  #isBetter(offer: Offer, than: Offer): boolean {
    if (this.#call.options.idempotencyKey) {
      if (offer.knowsKey !== than.knowsKey) return offer.knowsKey;
      return offer.handlerId < than.handlerId;
    }
    return this.#loadOf(offer) < this.#loadOf(than);
  }

  /** Offers of one turn do not know of each other; this asker knows whom it chose. */
  #loadOf({ handlerId, load }: Offer): number {
    return Math.max(load, this.#assigned.get(handlerId) ?? 0);
  }

  #assign(handlerId: string, change: 1 | -1): void {
    const count = (this.#assigned.get(handlerId) ?? 0) + change;
    if (count > 0) this.#assigned.set(handlerId, count);
    else this.#assigned.delete(handlerId);
  }

  #withdrawn(handlerId: string): void {
    this.#drop(handlerId);
    if (this.#chosen?.handlerId !== handlerId) return;
    this.#unchoose();
    if (this.#offers.length > 0) this.#choose();
    else if (!this.#isOverTabs) this.#call.fail(new HandlerGoneError(this.#call.method));
  }

  #drop(handlerId: string): void {
    const place = this.#offers.findIndex((offer) => offer.handlerId === handlerId);
    if (place >= 0) this.#offers.splice(place, 1);
  }

  #unchoose(): void {
    if (this.#chosen) this.#assign(this.#chosen.handlerId, -1);
    this.#chosen = undefined;
  }

  #awaitClaim(): void {
    const { claimWithin } = this.#call.options;
    this.#deadlines.remove(this.#deadline);
    this.#deadline = this.#deadlines.add(claimWithin, () => {
      this.#waitedMs += claimWithin;
      this.#goOn();
      if (this.#call.isOpen && !this.#isClaimed) this.#awaitClaim();
    });
  }

  /** Nobody claimed it in time: asks the next one, or all again, or gives up. */
  #goOn(): void {
    const { waitForHandler } = this.#call.options;
    const late = this.#chosen;
    if (late && this.#offers.length === 1 && !this.#wasPatient) {
      // Its claim may lie before this page, which was busy.
      this.#wasPatient = true;
      return;
    }
    if (late) {
      this.#drop(late.handlerId);
      this.#unchoose();
    }
    // Without a lock between them, the late one and the next one could both run it.
    const isSafe = !late || (late.locks && this.#locks !== undefined);
    if (isSafe && this.#offers.length > 0) this.#choose();
    else if (!isSafe || this.#waitedMs >= waitForHandler) {
      this.#call.fail(new NoClaimError(this.#call.method, this.#waitedMs));
    } else this.#askAgain();
  }

  #claimed({ handlerId, lock }: Extract<Notice, { type: "claim" }>): void {
    this.#isClaimed = true;
    this.#deadlines.remove(this.#deadline);
    if (this.#call.options.waitForHandler > 0) this.#call.startTimeout();
    if (this.#accepted.size > 1) this.#tell({ type: "chosen", handlerId });
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

  #end(): void {
    this.#deadlines.remove(this.#deadline);
    this.#unchoose();
    // Whoever was chosen, and may not have begun, lets it be.
    if (this.#accepted.size > 0) this.#tell({ type: "received" });
  }

  #tell(control: Control): void {
    const topic = `${CONTROL}${this.#call.requestId}`;
    tell(this.#bus, topic, control, this.#isOverTabs ? undefined : IN_PAGE);
  }
}
