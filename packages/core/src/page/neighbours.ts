import { describe, toError } from "../delivery/to-error.js";
import type { LinkReport } from "../diagnostics/events.js";
import type { Inspectable } from "../diagnostics/inspect-protocol.js";
import { type Candidate, leave } from "../links/domains.js";
import type { Message, RetentionConfig } from "../types.js";
import { callEach, isGone, type PageState, type Port, tellAll } from "./port.js";

/** The other copies on the page of a bus. */
export interface Neighbours {
  /** The links of the whole page, in the order in which they came. */
  readonly candidates: Candidate[];
  /** Gives them a message, in the midst of whatever made it: so all copies have one order. */
  accept(bare: Message, view: Message, from: string, leaves: boolean): void;
  /** Has them retain these. */
  retain(config: RetentionConfig, retained: readonly Message[]): void;
  /** Ends the turn for their links. */
  handOver(): void;
  /** How many handlers they have for a pattern. */
  handlerCount(pattern: string): number;
  /** Tells them that handlers of a pattern came or went here. */
  subscriptionsChanged(pattern: string): void;
  inspectables(): readonly Inspectable[];
  /** Tells them of what happened to a link of the page. */
  tell(event: LinkReport): void;
  leave(): void;
  /** Whether this copy itself is of a frame that was removed: its code can outlive it. */
  readonly isGone: boolean;
}

/** What a bus meets that has joined no page. */
export function alone(): { readonly neighbours: Neighbours } {
  const neighbours: Neighbours = {
    candidates: [],
    accept: () => {},
    retain: () => {},
    handOver: () => {},
    handlerCount: () => 0,
    subscriptionsChanged: () => {},
    inspectables: () => [],
    tell: () => {},
    leave: () => {},
    isGone: false,
  };
  return { neighbours };
}

/** The neighbours of a copy that has joined a page. */
export class JoinedNeighbours implements Neighbours {
  readonly #state: PageState;
  readonly #own: Port;

  constructor(state: PageState, own: Port) {
    this.#state = state;
    this.#own = own;
  }

  get candidates(): Candidate[] {
    return this.#state.candidates;
  }

  /**
   * @param retention - as this copy was configured; of the first that was, it becomes the page's
   * @returns what the page has retained until now
   */
  enter(retention: RetentionConfig | undefined): readonly Message[] {
    if (retention && !this.#state.retention) {
      this.#state.retention = retention;
      this.#callOthers((port) => port.retain(retention, []));
    }
    let retained: readonly Message[] = [];
    // All have the same: the first that answers will do.
    this.#callOthers((port) => {
      if (retained.length === 0) retained = port.retained();
    });
    this.#state.ports.push(this.#own);
    return retained;
  }

  accept(bare: Message, view: Message, from: string, leaves: boolean): void {
    this.#callOthers((port) => port.accept(bare, view, from, leaves));
  }

  retain(config: RetentionConfig, retained: readonly Message[]): void {
    this.#callOthers((port) => port.retain(config, retained));
  }

  handOver(): void {
    this.#callOthers((port) => port.handOver());
  }

  handlerCount(pattern: string): number {
    let count = 0;
    this.#callOthers((port) => {
      count += port.handlerCount(pattern);
    });
    return count;
  }

  subscriptionsChanged(pattern: string): void {
    this.#callOthers((port) => port.subscriptionsChanged(pattern));
  }

  inspectables(): readonly Inspectable[] {
    const found: Inspectable[] = [];
    this.#callOthers((port) => found.push(port.inspectable()));
    return found;
  }

  tell(event: LinkReport): void {
    this.#callOthers((port) => port.tell(event));
  }

  leave(): void {
    if (!this.#state.ports.includes(this.#own)) return;
    remove(this.#state, [this.#own]);
    tellAll(this.#others(), "left", this.#own);
  }

  get isGone(): boolean {
    return isGone(this.#own);
  }

  #callOthers(call: (port: Port) => void): void {
    callEach(this.#others(), call, ({ name, version }, thrown) => {
      const message = `The copy "${name}" (${version}) of this page threw: ${describe(thrown)}`;
      this.#own.tell({ type: "warning", code: "COPY_FAILED", message, details: toError(thrown) });
    });
  }

  #others(): readonly Port[] {
    return livePorts(this.#state, this.#own).filter((port) => port !== this.#own);
  }
}

/**
 * The copies that are still there: of a frame that was removed or reloaded nothing is called.
 *
 * @param own - the copy that asks
 */
export function livePorts(state: PageState, own?: Port): readonly Port[] {
  const gone = state.ports.filter((port) => port !== own && isGone(port));
  if (gone.length > 0) remove(state, gone);
  for (const port of gone) tellAll(state.ports, "left", port);
  return state.ports;
}

/** Takes copies off the page, and hands on the domains that their links held. */
function remove(state: PageState, gone: readonly Port[]): void {
  for (const port of gone) state.ports.splice(state.ports.indexOf(port), 1);
  const { candidates } = state;
  leave(
    candidates,
    candidates.filter(({ port }) => gone.includes(port as Port)),
  );
}
