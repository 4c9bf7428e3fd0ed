import type { Clock } from "@pubsub-mfe/core";
import {
  browserPage,
  createLocks,
  type Locks,
  LocksUnavailableError,
  type Page,
  type WebLocks,
} from "@pubsub-mfe/core/locks";

/** What a tab locks with, and the life of its page; core's `MemoryLocks` fits. */
export interface TabLocks extends Locks, WebLocks {
  readonly page: Page;
}

/** The platform's, where it has Web Locks; where not, all but the page refuses. */
export function platformLocks(clock: Clock): TabLocks {
  const refuse = (): Promise<never> =>
    Promise.reject(new LocksUnavailableError("There are no Web Locks here."));
  const locks = globalThis.navigator?.locks as WebLocks | undefined;
  return {
    hold: createLocks({ clock }).hold,
    request: (...args) => locks?.request(...args) ?? refuse(),
    query: () => locks?.query() ?? refuse(),
    page: browserPage,
  };
}
