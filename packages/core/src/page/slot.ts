import { IncompatibleCopyError } from "../errors.js";
import type { Candidate } from "../links/domains.js";
import { show } from "../show.js";
import { findPage } from "./place.js";
import {
  isGone,
  type PageState,
  type Port,
  PROTOCOL,
  type Protocol,
  type Slot,
  tellAll,
} from "./port.js";

const SLOT = Symbol.for("@pubsub-mfe/page");

/**
 * Opens the slot of a page for an app, and makes it where there is none.
 *
 * @returns a sentence, where something else lies there
 * @throws {@link IncompatibleCopyError} when it is of another protocol
 */
export function openSlot(page: object, app: string, name: string): PageState | string {
  let reason = "it is not one of this package";
  try {
    const found = lookUp(page) ?? lay(page);
    const protocol = protocolOf(found);
    if (protocol && protocol.major !== PROTOCOL.major) {
      const error = new IncompatibleCopyError(name, PROTOCOL, protocol);
      tellRefused(found as Slot, name, error.message);
      throw error;
    }
    if (protocol) {
      const { pages } = found as Slot;
      const state = pages[app] ?? { ports: [], candidates: [] };
      pages[app] = state;
      if (isState(state)) return state;
    }
  } catch (error) {
    if (error instanceof IncompatibleCopyError) throw error;
    reason = error instanceof Error ? error.message : show(error);
  }
  return `the slot of this page cannot be used: ${reason}`;
}

/** Lists the copies that have joined this page and are still there, of every app. */
export function portsOfPage(): readonly Port[] {
  try {
    const found = lookUp(findPage() ?? {});
    if (protocolOf(found)?.major !== PROTOCOL.major) return [];
    return Object.values((found as Slot).pages)
      .filter(isState)
      .flatMap(({ ports }) => ports)
      .filter((port) => !isGone(port));
  } catch {
    // What cannot be read is no slot of ours.
    return [];
  }
}

/** Finds what copies of an app share in another slot, if that is one, and has them share this. */
export function redirectSlot(page: object, app: string, to: PageState): PageState | undefined {
  try {
    const found = lookUp(page);
    if (protocolOf(found)?.major !== PROTOCOL.major) return undefined;
    const { pages } = found as Slot;
    const state = pages[app];
    if (state === to || !isState(state)) return undefined;
    pages[app] = to;
    return state;
  } catch {
    return undefined;
  }
}

function lookUp(page: object): unknown {
  return (page as Record<symbol, unknown>)[SLOT];
}

function lay(page: object): Slot {
  // A record without a prototype: an app may be called constructor.
  const slot: Slot = { protocol: PROTOCOL, pages: Object.create(null) };
  Object.defineProperty(page, SLOT, { value: slot });
  return slot;
}

/** The one thing that every slot has, whatever its protocol. */
function protocolOf(value: unknown): Protocol | undefined {
  const protocol = (value as Partial<Slot> | undefined)?.protocol;
  const { major, minor } = protocol ?? {};
  return Number.isInteger(major) && Number.isInteger(minor) ? protocol : undefined;
}

function isState(value: unknown): value is PageState {
  const { ports, candidates, retention } = (value ?? {}) as Partial<PageState>;
  return (
    areAll(ports, "accept") &&
    areAll(candidates, "activate") &&
    (retention === undefined || Number.isInteger(retention.maxMessages))
  );
}

/** Whether a list is one of things that have a method. */
function areAll(list: unknown, method: keyof Port | keyof Candidate): boolean {
  // A list that is frozen nobody can join.
  return (
    Array.isArray(list) &&
    Object.isExtensible(list) &&
    list.every((each) => typeof each?.[method] === "function")
  );
}

function tellRefused({ pages }: Slot, name: string, reason: string): void {
  try {
    const ports = Object.values(pages).flatMap((state) => state.ports);
    tellAll(ports, "refused", { name, version: VERSION }, reason);
  } catch {
    // Another major may have other ways in.
  }
}

declare const __PACKAGE_VERSION__: string | undefined;

/** Put in by the build. */
export const VERSION: string =
  typeof __PACKAGE_VERSION__ === "string" ? __PACKAGE_VERSION__ : "source";
