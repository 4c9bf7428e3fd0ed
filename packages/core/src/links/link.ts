import { checkFunction, invalidArgument } from "../arguments.js";
import type { LinkReport } from "../diagnostics/events.js";
import { show } from "../show.js";
import type { Message } from "../types.js";
import { PAGE } from "./domains.js";

/**
 * Takes what came over a link.
 *
 * @param message - checked here; may be anything
 * @param added - more facts for the receiver's `meta`, which do not travel on
 * @returns whether it was new here, and wanted
 * @throws {@link InvalidMessageError} for what is not a message
 */
export type Receive = (message: unknown, added?: Readonly<Record<string, unknown>>) => boolean;

/** A way from this page to another place, in both directions; see {@link PubSubBus.connect}. */
export interface Link {
  /**
   * Where it leads, by kind: `log:<database>/<namespace>` keeps what this page publishes,
   * `origin:<channel>` are the other tabs, `peer:<id>` is one page of another world, such as an
   * iframe or a worker.
   */
  readonly domain: string;
  /**
   * Takes the messages of one turn, in order. No handler has them yet: a link that copies them here
   * is not affected by what handlers do to a payload. Where it throws at several, as one cannot be
   * cloned, it gets each of them again, alone; a receiver takes a message once. Those that it throws
   * at then are told by the warning `LINK_SEND_FAILED`.
   */
  send(messages: readonly Message[]): void;
  /**
   * Opens the link. Called once it is the one of its domain, which may be never: a page has one link
   * a domain, and the others wait until it closes.
   */
  onMessages(receive: Receive): void;
  /** Hands on whatever `send` has not yet; called when the page hides, among others. */
  flush(): Promise<void> | void;
  /** Ends the link. Called once, also when it never was opened. */
  close(): void;
  /** What other links of its domain on the page may use of it while it is the one that is open. */
  readonly shared?: unknown;
}

/** @throws {@link InvalidArgumentError} for what lacks a part of a link */
export function checkLink(link: Link): void {
  const { domain } = link;
  if (typeof domain !== "string" || domain === "" || domain === PAGE) {
    throw invalidArgument("The domain of a link", domain, 'a string like "peer:checkout"');
  }
  for (const name of ["send", "onMessages", "flush", "close"] as const) {
    checkFunction(`${name} of the link ${show(domain)}`, link[name]);
  }
}

/** Which topics pass. */
export interface TopicRules {
  /**
   * Patterns of the topics that pass.
   *
   * @defaultValue all
   */
  readonly share?: readonly string[] | undefined;
  /** Patterns of topics that do not, whatever `share` says. */
  readonly private?: readonly string[] | undefined;
}

/** Options of {@link PubSubBus.connect}. */
export interface ConnectOptions {
  /** What goes out. */
  readonly send?: TopicRules | undefined;
  /** What comes in. */
  readonly receive?: TopicRules | undefined;
}

/** A link that is connected. */
export interface LinkConnection {
  /** Whether this is the link of its domain on this page, or waits for the one that is. */
  readonly active: boolean;
  /** Tells every copy of the page, through `onDiagnostic`, what happened to the link. */
  report(event: LinkReport): void;
  /**
   * Gives what the page has retained and may send by this link, oldest first, as handlers got it;
   * nothing where retention is not configured.
   */
  retained(): readonly Message[] | undefined;
  /**
   * The `shared` of the link that is the one of this domain; the links of one domain may be of
   * different copies and versions.
   */
  readonly shared: unknown;
  /**
   * Puts messages from before this page among those that it has retained, for subscriptions that ask
   * for replay: no handler gets them otherwise, and they go to no other link. Those that came by
   * already, or that `receive` does not let in, are left out; those that come later as well.
   *
   * @param messages - checked here, before any of them is taken
   * @param added - as for {@link Receive}
   * @returns how many were new; `0` where nothing is retained
   * @throws {@link InvalidMessageError} when one of them is not a message
   */
  retain(messages: readonly unknown[], added?: Readonly<Record<string, unknown>>): number;
  /** Ends the turn, and flushes the link of this domain, whichever on the page that is. */
  flush(): Promise<void>;
  /** Flushes and closes the link. May be called more than once. */
  dispose(): void;
}
