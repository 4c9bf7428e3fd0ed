import type { LinkReport } from "../diagnostics/events.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { adoptMessage, mayLeave } from "../message.js";
import type { Message, Unsubscribe } from "../types.js";
import { activeOf, type Candidate, enter, leadsOn, leave } from "./domains.js";
import {
  type ConnectOptions,
  checkLink,
  type Link,
  type LinkConnection,
  type Receive,
} from "./link.js";
import { onPageHiding } from "./page-hiding.js";
import { SeenIds } from "./seen-ids.js";
import { compileTopicRules } from "./topic-rules.js";

const TURN = Promise.resolve();

/** What the links of a bus work with. */
export interface LinksContext {
  /** Whether it is that of a message which this bus has published. */
  readonly isOwnId: (id: string) => boolean;
  readonly reporter: Reporter;
  /** The copy that these are the links of, where several share the page. */
  readonly port: object | undefined;
  /** Where all links of the page are, in the order in which they came: the list may change. */
  readonly page: { readonly candidates: Candidate[]; tell(event: LinkReport): void };
  /** Ends the turn of the whole page. */
  readonly endTurn: () => void;
  /** Takes in a message of a domain: the bare one goes on, its view to the handlers. */
  readonly admit: (bare: Message, view: Message, from: string) => void;
  readonly retained: () => readonly Message[] | undefined;
  /** Puts messages among those. @returns whether anything is retained */
  readonly retain: (messages: readonly Message[]) => boolean;
}

/** One link of this bus. */
interface Outlet {
  readonly link: Link;
  readonly lets: ((topic: string) => boolean) | undefined;
  /** Published since the last hand-over. */
  waiting: Message[];
  /** What is being handed over. */
  due: Message[];
  /** Whether it takes in what comes. */
  open: boolean;
}

/**
 * The links of one bus. What goes out waits for the end of the turn, and leaves before any handler
 * runs: whoever delivers to handlers hands over first.
 */
export class Links {
  readonly #context: LinksContext;
  /** Those that are the one of their domain. */
  readonly #outlets = new Set<Outlet>();
  readonly #connections = new Set<LinkConnection>();
  readonly #seen = new SeenIds();
  #stopListening: Unsubscribe | undefined;
  #scheduled = false;

  constructor(context: LinksContext) {
    this.#context = context;
  }

  connect(link: Link, options: ConnectOptions): LinkConnection {
    checkLink(link);
    const { page, port, reporter, endTurn } = this.#context;
    const { domain } = link;
    const lets = compileTopicRules(options.send);
    const outlet: Outlet = { link, lets, waiting: [], due: [], open: false };
    const letsIn = compileTopicRules(options.receive);
    const receive = this.#createReceive(outlet, letsIn);
    const tell = (state: "active" | "waiting" | "closed"): void =>
      reporter.tell({ type: "link", domain, state });
    const end = (): void => {
      // In the midst of a hand-over there is something left.
      this.#sendDue(outlet);
      this.#outlets.delete(outlet);
      this.#settle(() => link.flush());
    };
    const candidate: Candidate = {
      domain,
      port,
      sends: (topic) => outlet.lets?.(topic) ?? true,
      activate: () => {
        this.#outlets.add(outlet);
        if (!outlet.open) {
          outlet.open = true;
          this.#settle(() => link.onMessages(receive));
        }
        tell("active");
      },
      standDown: () => {
        end();
        tell("waiting");
      },
      flush: () => link.flush(),
      shared: link.shared,
    };
    const connection: LinkConnection = {
      get active() {
        return activeOf(page.candidates, domain) === candidate;
      },
      report: (event) => {
        reporter.tell(event);
        page.tell(event);
      },
      get shared() {
        return activeOf(page.candidates, domain)?.shared;
      },
      retained: () =>
        this.#context
          .retained()
          ?.filter((message) => mayLeave(message) && candidate.sends(message.topic)),
      retain: (messages, added) => this.#retain(messages, letsIn, added),
      flush: async () => {
        endTurn();
        await activeOf(page.candidates, domain)?.flush();
      },
      dispose: () => {
        if (!this.#connections.delete(connection)) return;
        endTurn();
        outlet.open = false;
        end();
        this.#settle(() => link.close());
        leave(page.candidates, [candidate]);
        if (this.#connections.size === 0) this.#stopListening?.();
        tell("closed");
      },
    };
    // Before the link's own, which may close what it sends through.
    if (this.#connections.size === 0) this.#stopListening = onPageHiding(this.#flush);
    this.#connections.add(connection);
    enter(page.candidates, candidate);
    if (!connection.active) tell("waiting");
    return connection;
  }

  /** Passes a message on to every domain that it has not been to. */
  offer(message: Message, from: string): void {
    if (this.#context.page.candidates.length === 0) return;
    // What this bus has published is known by its id, for ever.
    if (!this.#context.isOwnId(message.id)) this.#seen.add(message.id);
    for (const outlet of this.#outlets) {
      if (!leadsOn(from, outlet.link.domain) || outlet.lets?.(message.topic) === false) continue;
      outlet.waiting.push(message);
      if (this.#scheduled) continue;
      this.#scheduled = true;
      // A microtask of its own: the queue of the handlers may be waiting for a later task.
      void TURN.then(this.handOver);
    }
  }

  /** Whether a message came by here already, on its way out or in. */
  hasSeen(id: string): boolean {
    return this.#context.isOwnId(id) || this.#seen.has(id);
  }

  readonly handOver = (): void => {
    if (!this.#scheduled) return;
    this.#scheduled = false;
    for (const outlet of this.#outlets) {
      const { waiting } = outlet;
      outlet.waiting = [];
      outlet.due = outlet.due.length === 0 ? waiting : outlet.due.concat(waiting);
    }
    // What a link publishes while it sends comes after all of this, for every link.
    for (const outlet of this.#outlets) this.#sendDue(outlet);
  };

  close(): void {
    for (const connection of [...this.#connections]) connection.dispose();
  }

  #sendDue(outlet: Outlet): void {
    const { due, link } = outlet;
    if (due.length === 0) return;
    outlet.due = [];
    let thrown = this.#throwsAt(link, due);
    if (!thrown) return;
    // One message that cannot leave keeps no other one here: each is tried alone.
    const failed = due.filter((message) => {
      if (due.length === 1) return true;
      const alone = this.#throwsAt(link, [message]);
      thrown = alone ?? thrown;
      return alone;
    });
    if (failed.length > 0) this.#context.reporter.sendFailed(link.domain, failed, thrown.reason);
  }

  #throwsAt(link: Link, messages: readonly Message[]): { readonly reason: unknown } | undefined {
    try {
      const sent: unknown = link.send(messages);
      if (sent instanceof Promise) {
        sent.catch((reason) => this.#context.reporter.sendFailed(link.domain, messages, reason));
      }
      return undefined;
    } catch (reason) {
      return { reason };
    }
  }

  #createReceive(outlet: Outlet, lets: Outlet["lets"]): Receive {
    return (value, added) => {
      const bare = adoptMessage(value);
      if (!outlet.open) return false;
      if (lets?.(bare.topic) === false || this.hasSeen(bare.id)) return false;
      this.#context.admit(bare, withMeta(bare, added), outlet.link.domain);
      return true;
    };
  }

  #retain(
    values: readonly unknown[],
    lets: Outlet["lets"],
    added: Readonly<Record<string, unknown>> | undefined,
  ): number {
    const bare = values.map(adoptMessage);
    const fresh = bare.filter(({ id, topic }) => lets?.(topic) !== false && !this.hasSeen(id));
    if (!this.#context.retain(fresh.map((message) => withMeta(message, added)))) return 0;
    for (const { id } of fresh) this.#seen.add(id);
    return fresh.length;
  }

  readonly #flush = (): void => {
    this.#context.endTurn();
    for (const { link } of this.#outlets) this.#settle(() => link.flush());
  };

  /** A link that fails stops neither the others nor the bus. */
  #settle(work: () => Promise<void> | void): void {
    try {
      const result = work();
      // A link tells of what it cannot flush by itself.
      if (result instanceof Promise) result.catch(() => {});
    } catch (thrown) {
      this.#context.reporter.hookFailed(thrown);
    }
  }
}

function withMeta(message: Message, added: Readonly<Record<string, unknown>> | undefined): Message {
  if (!added) return message;
  return Object.freeze({ ...message, meta: Object.freeze({ ...message.meta, ...added }) });
}
