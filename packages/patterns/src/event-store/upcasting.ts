import type { NewEvent, StoredEvent, Untyped } from "@pubsub-mfe/core";
import { invalidArgument } from "../shared/pattern-error.js";
import type { Warn } from "../shared/warning.js";
import { UpcastError } from "./errors.js";

/** Makes the next version of a payload of the one before. Must return at once. */
export type Upcaster = (payload: Untyped, event: StoredEvent) => unknown;

/** By type of event: what makes version 2 of a payload of version 1, then 3 of 2, and so on. */
export type Upcasters = Readonly<Record<string, Upcaster | readonly Upcaster[]>>;

/** Brings events that were stored in an earlier shape into the present one. */
export class Upcasting {
  readonly #chains = new Map<string, readonly Upcaster[]>();
  readonly #warn: Warn;
  readonly #toldOf = new Set<string>();

  constructor(upcasters: Upcasters, warn: Warn) {
    this.#warn = warn;
    for (const [type, given] of Object.entries(upcasters)) {
      const chain = typeof given === "function" ? [given] : given;
      if (!Array.isArray(chain) || chain.some((each) => typeof each !== "function")) {
        throw invalidArgument(`upcast[${JSON.stringify(type)}]`, given, "a function or several");
      }
      this.#chains.set(type, chain);
    }
  }

  /** Marks an event with the version of its payload, where its type has had more than one. */
  stamp<Event extends NewEvent>(event: Event): Event {
    const chain = this.#chains.get(event?.type);
    return chain ? { ...event, meta: { v: chain.length + 1, ...event.meta } } : event;
  }

  /** @throws {@link UpcastError} when a function throws */
  apply<Event extends StoredEvent>(event: Event): Event {
    const chain = this.#chains.get(event.type);
    if (!chain) return event;
    const version = versionOf(event);
    if (version > chain.length + 1) this.#tellOfNewer(event.type, version);
    if (version > chain.length) return event;
    try {
      let { payload } = event;
      for (const upcaster of chain.slice(version - 1)) payload = upcaster(payload, event);
      return { ...event, payload };
    } catch (error) {
      throw new UpcastError(event, error);
    }
  }

  #tellOfNewer(type: string, version: number): void {
    if (this.#toldOf.has(type)) return;
    this.#toldOf.add(type);
    this.#warn(
      "EVENT_NEWER",
      `An event "${type}" has a payload of version ${version}, which a newer release of the application has written: it is given as it is. Is this page older than another tab?`,
      { type, version },
    );
  }
}

/** An event without a version is as old as can be. */
function versionOf({ meta }: StoredEvent): number {
  const version = meta?.v;
  return typeof version === "number" && version >= 1 ? Math.floor(version) : 1;
}
