import { IncompatibleCopyError } from "../errors.js";
import { type PageState, type Port, PROTOCOL, type Slot } from "./port.js";

const SLOT = Symbol.for("@pubsub-mfe/page");

/**
 * Returns where the copies of this page meet: the document of the topmost ancestor of this origin,
 * or the global of a worker. None on a server, where a process is no page.
 */
export function findPage(): object | undefined {
  if (typeof document !== "undefined") return topmostDocument();
  return "WorkerGlobalScope" in globalThis ? globalThis : undefined;
}

function topmostDocument(): Document {
  let top: Window = window;
  try {
    // Reading the document of another origin throws: its page is another.
    while (top.parent !== top && top.parent.document) top = top.parent;
  } catch {}
  return top.document;
}

/**
 * Opens the slot of a page for an app, and makes it where there is none.
 *
 * @returns a sentence, where something else lies there
 * @throws {@link IncompatibleCopyError} when it is of another protocol
 */
export function openSlot(page: object, app: string, name: string): PageState | string {
  const slot = readSlot(page);
  if (typeof slot === "string") return slot;
  if (slot.protocol.major !== PROTOCOL.major) {
    const error = new IncompatibleCopyError(name, PROTOCOL, slot.protocol);
    const ports = Object.values(slot.pages).flatMap((state) => state.ports);
    for (const port of ports) {
      const { message: reason } = error;
      port.tell({ type: "copy", state: "refused", name, version: VERSION, reason });
    }
    throw error;
  }
  // A record without a prototype: an app may be called constructor.
  const state = slot.pages[app] ?? { ports: [], candidates: [] };
  slot.pages[app] = state;
  return state;
}

/** Lists the copies that have joined this page, of every app. */
export function portsOfPage(): readonly Port[] {
  const page = findPage();
  const slot: unknown = page && (page as Record<symbol, unknown>)[SLOT];
  return isSlot(slot) ? Object.values(slot.pages).flatMap(({ ports }) => ports) : [];
}

function readSlot(page: object): Slot | string {
  try {
    const found: unknown = (page as Record<symbol, unknown>)[SLOT];
    if (isSlot(found)) return found;
    if (found !== undefined) {
      return "something that is no slot of this package lies where the copies of a page meet";
    }
    const slot: Slot = { protocol: PROTOCOL, pages: Object.create(null) };
    Object.defineProperty(page, SLOT, { value: slot });
    return slot;
  } catch (error) {
    return `the place where the copies of a page meet cannot be used: ${error}`;
  }
}

function isSlot(value: unknown): value is Slot {
  if (typeof value !== "object" || value === null) return false;
  const { protocol, pages } = value as Partial<Slot>;
  return (
    Number.isInteger(protocol?.major) &&
    Number.isInteger(protocol?.minor) &&
    typeof pages === "object"
  );
}

declare const __PACKAGE_VERSION__: string | undefined;

/** Put in by the build. */
export const VERSION: string =
  typeof __PACKAGE_VERSION__ === "string" ? __PACKAGE_VERSION__ : "source";
