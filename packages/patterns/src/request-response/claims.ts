import type { WebLocks } from "@pubsub-mfe/core/locks";
import type { Deadline, Deadlines } from "../shared/deadlines.js";
import type { IncomingRequest } from "./incoming-request.js";
import { holdWhileHere } from "./tab-lock.js";
import type { Control } from "./wire.js";

/** How long an offer stands that the asker does not take up. */
const OFFER_MS = 30_000;
/** How long the lock of an answered request is held for an asker who does not say that it came. */
const RECEIPT_MS = 5_000;

interface Offered {
  readonly request: IncomingRequest;
  readonly deadline: Deadline;
}

/**
 * The requests that several could run: offers to, and takes those for which its offer was accepted.
 * Over tabs it holds a lock until the asker has its answer; see {@link Choosing} for why.
 */
export class Claims {
  readonly #handlerId: string;
  readonly #deadlines: Deadlines;
  readonly #locks: WebLocks | undefined;
  readonly #take: (request: IncomingRequest) => void;
  readonly #offered = new Map<string, Offered>();
  /** What lets go of a lock, by request; of those whose asker gave up before it was granted as well. */
  readonly #held = new Map<string, () => void>();

  constructor(
    handlerId: string,
    deadlines: Deadlines,
    locks: WebLocks | undefined,
    take: (request: IncomingRequest) => void,
  ) {
    this.#handlerId = handlerId;
    this.#deadlines = deadlines;
    this.#locks = locks;
    this.#take = take;
  }

  offer(request: IncomingRequest, load: number, knowsKey: boolean): void {
    const { id } = request;
    // Asked again, it has been taken before, or offered.
    if (this.#held.has(id)) return;
    if (!this.#offered.has(id)) {
      const deadline = this.#deadlines.add(OFFER_MS, () => this.#offered.delete(id));
      this.#offered.set(id, { request, deadline });
    }
    this.#tellOffer(request, load, knowsKey);
  }

  /** Has those who may still choose another know that a request of their key runs here. */
  tellOfKey(key: string | undefined, load: number): void {
    if (key === undefined) return;
    for (const { request } of this.#offered.values()) {
      if (request.key === key) this.#tellOffer(request, load, true);
    }
  }

  /** Takes in what the asker of a request says. */
  control(requestId: string, control: Control): void {
    const isOwn = "handlerId" in control && control.handlerId === this.#handlerId;
    const offer = this.#offered.get(requestId);
    if (control.type === "accept") {
      // Another one that was chosen may go, or not answer, and this one be chosen next.
      if (offer && isOwn) this.#accepted(requestId, offer);
    } else if (control.type !== "chosen" || !isOwn) {
      if (offer) this.#forget(requestId, offer.deadline);
      this.#held.get(requestId)?.();
    }
  }

  /** Withdraws its offers, and lets go of what has been answered or will not be. */
  dispose(): void {
    for (const [id, { request, deadline }] of this.#offered) {
      this.#forget(id, deadline);
      request.notify({ type: "withdraw", handlerId: this.#handlerId });
    }
    for (const letGo of [...this.#held.values()]) letGo();
  }

  #tellOffer(request: IncomingRequest, load: number, knowsKey: boolean): void {
    const locks = this.#locks !== undefined;
    request.notify({ type: "offer", handlerId: this.#handlerId, load, knowsKey, locks });
  }

  #accepted(id: string, { request, deadline }: Offered): void {
    this.#forget(id, deadline);
    if (request.isOverTabs) void this.#claim(request);
    else this.#take(request);
  }

  #forget(id: string, deadline: Deadline): void {
    this.#offered.delete(id);
    this.#deadlines.remove(deadline);
  }

  async #claim(request: IncomingRequest): Promise<void> {
    const { id } = request;
    const name = `pubsub-mfe-rpc:${id}`;
    let isWanted = true;
    this.#held.set(id, () => {
      isWanted = false;
      this.#held.delete(id);
    });
    // Where there are no locks, the asker has its timeout.
    const unlock = await (this.#locks && holdWhileHere(this.#locks, name).catch(() => undefined));
    if (!isWanted) return unlock?.();
    let receipt: Deadline | undefined;
    const letGo = (): void => {
      this.#held.delete(id);
      this.#deadlines.remove(receipt);
      unlock?.();
    };
    this.#held.set(id, letGo);
    request.whenAnswered = () => {
      if (this.#held.has(id)) receipt = this.#deadlines.add(RECEIPT_MS, letGo);
    };
    request.notify({ type: "claim", handlerId: this.#handlerId, ...(unlock && { lock: name }) });
    this.#take(request);
  }
}
