import { type Clock, type Presence, systemClock, type Unsubscribe } from "@pubsub-mfe/core";
import type { LockContext } from "@pubsub-mfe/core/locks";
import { claimClientId } from "./client-id.js";
import { CrossTabError, isCrossTabError } from "./errors.js";
import type { LeadCallback, LeadOptions } from "./leadership/leader-scope.js";
import { Leadership } from "./leadership/leadership.js";
import { readPresence } from "./presence/roster-wire.js";
import { TabPresence } from "./presence/tab-presence.js";
import { randomName } from "./random-name.js";
import type { SharedLink } from "./shared-link.js";
import { type PublishEvent, publishTabEvents, publishTurn } from "./system-events.js";
import { platformLocks, type TabLocks } from "./tab-locks.js";

/** What membership works with. */
export interface MembershipContext {
  readonly channelName: string;
  /** `undefined`: one is generated, and survives a reload. */
  readonly clientId?: string | undefined;
  readonly clock: Clock | undefined;
  readonly locks?: TabLocks | undefined;
}

/** What this tab takes part by. */
export interface MembershipPart {
  /** Sends to all other tabs. */
  send(data: unknown): void;
  /** `undefined` when nobody wants to know. */
  readonly publish: PublishEvent | undefined;
  /** There are no locks here. */
  onUnavailable(error: unknown): void;
}

/** This tab as one of those on a channel: its id, its presence, and its part in who leads. */
export class Membership {
  readonly presence: Presence;
  readonly #context: MembershipContext & { readonly locks: TabLocks; readonly clock: Clock };
  readonly #presence: TabPresence;
  /** One for each time that this tab takes part. */
  #leadership: Leadership;
  readonly #lockPrefix: string;
  #clientId: string;
  /** The adapter of this page that takes part, where it is another one. */
  #host: SharedLink | undefined;
  #hasFollowed = false;
  /** Aborts when this tab takes part no more, be it by another adapter. */
  #left = new AbortController();
  #part: (MembershipPart & { readonly left: AbortController }) | undefined;

  constructor(context: MembershipContext) {
    const { channelName, clock = systemClock, locks = platformLocks(clock) } = context;
    this.#context = { ...context, clock, locks };
    this.#clientId = context.clientId ?? randomName();
    this.#lockPrefix = `pubsub-mfe-tab:${channelName}:`;
    this.#presence = new TabPresence({
      clock,
      locks,
      prefix: this.#lockPrefix,
      clientId: () => this.clientId,
    });
    this.presence = this.#presence.known;
    this.#leadership = this.#createLeadership();
  }

  get clientId(): string {
    return this.#host?.clientId() ?? this.#clientId;
  }

  get isLeading(): boolean {
    return this.#host?.isLeading() ?? this.#leadership.isLeading;
  }

  /** Another adapter of the page takes part for this one, until it ends or this is called off. */
  follow(host: SharedLink): Unsubscribe {
    this.#host = host;
    const { known } = this.#presence;
    const show = () => known.update(host.presence.tabs());
    if (this.#hasFollowed) show();
    // Nobody knew better before.
    else known.reset(host.presence.tabs());
    this.#hasFollowed = true;
    const stop = host.presence.onChange(show);
    return () => {
      stop();
      if (this.#host === host) this.#host = undefined;
    };
  }

  /** Takes part; resolves when this tab has its id. */
  async join(given: MembershipPart): Promise<void> {
    const left = new AbortController();
    const part = { ...given, left };
    this.#part = part;
    const lock = await this.#claim(left.signal);
    if (left.signal.aborted) return void lock?.release();
    if (part.publish) {
      const stop = publishTabEvents(this.#presence, part.publish);
      left.signal.addEventListener("abort", stop);
    }
    this.#presence.start({ send: part.send, lock, signal: left.signal });
    part.publish?.("system.tab.initialized", { clientId: this.#clientId });
    // The end of taking part is no failure of it.
    void this.#leadership.run(left.signal);
  }

  leave(): void {
    const reason = new CrossTabError(
      "DETACHED",
      "The adapter was detached, and this tab leads no more.",
    );
    this.#left.abort(reason);
    this.#left = new AbortController();
    this.#part?.left.abort(reason);
    this.#part = undefined;
    this.#leadership.end(reason);
    this.#leadership = this.#createLeadership();
  }

  /** Learns what was missed of the others. */
  catchUp(): void {
    this.#presence.call();
  }

  /** @returns a sentence that says what is wrong with the data, `false` when it is of another kind */
  receive(data: unknown): string | boolean {
    const message = readPresence(data);
    if (message === undefined) return false;
    if (typeof message === "string") return message;
    this.#presence.receive(message);
    return true;
  }

  async lead<T>(callback: LeadCallback<T>, options: LeadOptions = {}): Promise<T> {
    options.signal?.throwIfAborted();
    if (typeof callback !== "function") {
      throw new CrossTabError(
        "CROSS_TAB_MISUSED",
        "lead() takes a function that runs as the leader.",
      );
    }
    const host = this.#host;
    if (!host) return this.#leadership.lead(callback, options);
    const { signal: left } = this.#left;
    try {
      const signal = options.signal ? AbortSignal.any([left, options.signal]) : left;
      const value = await host.lead(callback, { ...options, signal });
      // Told by its signal, the callback may have ended as if nothing were.
      left.throwIfAborted();
      return value;
    } catch (error) {
      // The other adapter is gone: the next one of the page leads, which may be this one.
      if (!left.aborted && isCrossTabError(error, "DETACHED") && this.#host !== host) {
        return this.lead(callback, options);
      }
      throw error;
    }
  }

  resign(): void {
    if (this.#host) this.#host.resign();
    else this.#leadership.resign();
  }

  #createLeadership(): Leadership {
    return new Leadership({
      locks: this.#context.locks,
      name: `cross-tab:${this.#context.channelName}`,
      onTurn: (turn) => this.#onTurn(turn),
      onUnavailable: (error) => this.#part?.onUnavailable(error),
    });
  }

  async #claim(signal: AbortSignal) {
    const { channelName, clientId, clock, locks } = this.#context;
    // Whoever names the tab knows whether two have one name: nothing to wait for.
    if (clientId !== undefined) return undefined;
    try {
      const { id, lock } = await claimClientId({
        clock,
        locks,
        prefix: this.#lockPrefix,
        storageKey: `pubsub-mfe:client-id:${channelName}`,
        fresh: this.#clientId,
        signal,
      });
      this.#clientId = id;
      return lock;
    } catch {
      // There are no locks, of which the leadership tells.
      return undefined;
    }
  }

  #onTurn(turn: LockContext): void {
    this.#presence.lead(turn);
    const publish = this.#part?.publish;
    if (publish) publishTurn(turn, this.#clientId, publish);
  }
}
