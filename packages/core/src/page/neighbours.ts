import type { LinkReport } from "../diagnostics/events.js";
import type { Inspectable } from "../diagnostics/inspect-protocol.js";
import { type Candidate, leave } from "../links/domains.js";
import type { Message, RetentionConfig } from "../types.js";
import { isGone, type PageState, type Port, tellAll } from "./port.js";

/** The other copies on the page of a bus. */
export interface Neighbours {
  /** The links of the whole page, in the order in which they came. */
  readonly candidates: Candidate[];
  /** Gives them a message, in the midst of whatever made it: so all copies have one order. */
  accept(bare: Message, view: Message, from: string, leaves: boolean): void;
  /** Ends the turn for their links. */
  handOver(): void;
  /** How many handlers they have for a pattern. */
  handlerCount(pattern: string): number;
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
    handOver: () => {},
    handlerCount: () => 0,
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
    const others = this.#others();
    if (retention && !this.#state.retention) {
      this.#state.retention = retention;
      for (const port of others) port.retain(retention, []);
    }
    this.#state.ports.push(this.#own);
    return others[0]?.retained() ?? [];
  }

  accept(bare: Message, view: Message, from: string, leaves: boolean): void {
    for (const port of this.#others()) port.accept(bare, view, from, leaves);
  }

  handOver(): void {
    for (const port of this.#others()) port.handOver();
  }

  handlerCount(pattern: string): number {
    return this.#others().reduce((sum, port) => sum + port.handlerCount(pattern), 0);
  }

  inspectables(): readonly Inspectable[] {
    return this.#others().map(({ inspectable }) => inspectable());
  }

  tell(event: LinkReport): void {
    for (const port of this.#others()) port.tell(event);
  }

  leave(): void {
    if (!this.#state.ports.includes(this.#own)) return;
    remove(this.#state, [this.#own]);
    tellAll(this.#others(), "left", this.#own);
  }

  get isGone(): boolean {
    return isGone(this.#own);
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
