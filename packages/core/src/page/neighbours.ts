import type { Inspectable } from "../diagnostics/inspect-protocol.js";
import { type Candidate, leave } from "../links/domains.js";
import type { Message, RetentionConfig } from "../types.js";
import type { PageState, Port } from "./port.js";

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
  leave(): void;
}

/** What a bus meets that has joined no page. */
export function alone(): { readonly neighbours: Neighbours } {
  const neighbours: Neighbours = {
    candidates: [],
    accept: () => {},
    handOver: () => {},
    handlerCount: () => 0,
    inspectables: () => [],
    leave: () => {},
  };
  return { neighbours };
}

/** The neighbours of a copy that has joined a page. */
export class JoinedNeighbours implements Neighbours {
  readonly candidates: Candidate[];
  readonly #state: PageState;
  readonly #own: Port;

  constructor(state: PageState, own: Port) {
    this.candidates = state.candidates;
    this.#state = state;
    this.#own = own;
  }

  /**
   * @param retention - as this copy was configured; of the first that was, it becomes the page's
   * @returns what the page has retained until now
   */
  enter(retention: RetentionConfig | undefined): readonly Message[] {
    const others = this.#others();
    if (retention && !this.#state.retention) {
      this.#state.retention = retention;
      for (const port of others) port.retain(retention);
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

  leave(): void {
    if (!remove(this.#state, this.#own)) return;
    const { name, version } = this.#own;
    for (const port of this.#others()) port.tell({ type: "copy", state: "left", name, version });
  }

  /** Those that are still there: of a frame that was removed or reloaded nothing is called. */
  #others(): readonly Port[] {
    const { ports } = this.#state;
    const gone = ports.filter((port) => port !== this.#own && isGone(port.document));
    for (const port of gone) remove(this.#state, port);
    const others = ports.filter((port) => port !== this.#own);
    for (const { name, version } of gone) {
      const event = { type: "copy", state: "left", name, version } as const;
      for (const port of [this.#own, ...others]) port.tell(event);
    }
    return others;
  }
}

/** Whether a document is no longer the one of its frame: the frame was removed, or went elsewhere. */
function isGone(page: Document | undefined): boolean {
  try {
    return page !== undefined && page.defaultView?.document !== page;
  } catch {
    // It went to another origin.
    return true;
  }
}

/** Takes a copy off the page, and hands on the domains that its links held. */
function remove(state: PageState, port: Port): boolean {
  const index = state.ports.indexOf(port);
  if (index < 0) return false;
  state.ports.splice(index, 1);
  for (const candidate of state.candidates.filter((each) => each.port === port)) {
    leave(state.candidates, candidate);
  }
  return true;
}
