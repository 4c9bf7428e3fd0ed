import type { LinkReport, WarningDiagnostic } from "../diagnostics/events.js";
import type { Inspectable } from "../diagnostics/inspect-protocol.js";
import type { Candidate } from "../links/domains.js";
import type { Message, RetentionConfig } from "../types.js";

/** What copies of this package, also of different versions, must agree on to share a page. */
export interface Protocol {
  /** Copies of different majors do not understand each other. */
  readonly major: number;
  /** A higher minor can do more, and all that a lower one can. */
  readonly minor: number;
}

export const PROTOCOL: Protocol = { major: 1, minor: 0 };

/** A copy of this package that has joined a page. */
export interface CopyInfo {
  readonly name: string;
  /** The version of the package; of unpublished sources `"source"`. */
  readonly version: string;
  readonly protocol: Protocol;
}

/** What happens to the copies of a page. */
export interface CopyEvent {
  readonly type: "copy";
  readonly state: "joined" | "left" | "refused";
  readonly name: string;
  readonly version: string;
  readonly reason?: string;
}

/** The ways into one copy: plain functions that take plain data, whatever realm they are from. */
export interface WaysIn {
  /** Takes in a message of another copy. */
  accept(bare: Message, view: Message, from: string, leaves: boolean): void;
  /** Ends the turn for the links of this copy. */
  handOver(): void;
  handlerCount(pattern: string): number;
  /** Tells the copy that handlers of a pattern came or went elsewhere on the page. */
  subscriptionsChanged(pattern: string): void;
  inspectable(): Inspectable;
  /** What the copy has retained, oldest first. */
  retained(): readonly Message[];
  /** Retains from now on, as the page does, and has retained until now. */
  retain(config: RetentionConfig, retained: readonly Message[]): void;
  tell(event: CopyEvent | LinkReport | WarningDiagnostic): void;
}

/** Tells copies what happened to one. */
export function tellAll(
  ports: readonly Port[],
  state: CopyEvent["state"],
  { name, version }: Pick<CopyInfo, "name" | "version">,
  reason?: string,
): void {
  const event: CopyEvent = { type: "copy", state, name, version, ...(reason && { reason }) };
  callEach(
    ports,
    (port) => port.tell(event),
    () => {},
  );
}

/** Calls into copies, which may be of other versions: one that fails keeps nobody from the rest. */
export function callEach(
  ports: readonly Port[],
  call: (port: Port) => void,
  onFailure: (port: Port, thrown: unknown) => void,
): void {
  for (const port of ports) {
    try {
      call(port);
    } catch (thrown) {
      onFailure(port, thrown);
    }
  }
}

/** One copy, as it lies in the slot. */
export interface Port extends CopyInfo, WaysIn {
  /** The document that the copy lives in; none in a worker. */
  readonly document: Document | undefined;
}

/** Whether its document is no longer that of its frame: the frame was removed, or went elsewhere. */
export function isGone({ document }: Port): boolean {
  try {
    return document !== undefined && document.defaultView?.document !== document;
  } catch {
    // It went to another origin.
    return true;
  }
}

/**
 * What copies of one `app` share: lists, and nothing that acts. Where two have merged, both name the
 * same lists.
 */
export interface PageState {
  ports: Port[];
  candidates: Candidate[];
  /** Of the first copy that configured it. */
  retention?: RetentionConfig;
}

/** What lies in the page for all copies to find. */
export interface Slot {
  readonly protocol: Protocol;
  /** By `app`. */
  readonly pages: Record<string, PageState>;
}
