import { type Clock, systemClock } from "../clock.js";
import { nextTask } from "../delivery/next-task.js";
import { browserPage } from "./browser-page.js";
import { raiseEpoch } from "./epochs.js";
import { LocksUnavailableError } from "./errors.js";
import { locksOver } from "./hold.js";
import type { LockChannel, WebLocks } from "./platform.js";
import type { Locks } from "./types.js";

/** Options of {@link createLocks}; what is left out is the platform's. */
export interface LocksConfig {
  /** Measures the silence of a holder. */
  readonly clock?: Clock | undefined;
  /** @defaultValue `navigator.locks` */
  readonly locks?: WebLocks | undefined;
  /** Where epochs are counted. */
  readonly indexedDB?: IDBFactory | undefined;
  /**
   * Opens the channel on which holders give their signs of life.
   *
   * @defaultValue a `BroadcastChannel` with the name of the database
   */
  readonly channel?: (() => LockChannel) | undefined;
  /**
   * The name of the database, and the prefix of all lock names. Locks with different ones do not
   * know of each other.
   *
   * @defaultValue `"pubsub-mfe-locks"`
   */
  readonly dbName?: string | undefined;
}

/**
 * Makes locks over the Web Locks API, with a counter of turns in IndexedDB.
 *
 * @remarks
 * Nothing is opened and nothing listened to until `hold` is called, nor after the last one ended.
 * `hold` rejects with a {@link LocksUnavailableError} where there are no Web Locks (a page that is
 * not served over https), no IndexedDB or no BroadcastChannel.
 *
 * @example
 * ```ts
 * const locks = createLocks();
 * await locks.hold("checkout", async ({ epoch, signal }) => {
 *   await pay(order, { epoch, signal });
 * });
 * ```
 */
export function createLocks(config: LocksConfig = {}): Locks {
  const { clock = systemClock, dbName = "pubsub-mfe-locks" } = config;
  return locksOver({
    clock,
    page: browserPage,
    prefix: dbName,
    webLocks() {
      const locks = config.locks ?? globalThis.navigator?.locks;
      if (!locks) {
        throw new LocksUnavailableError(
          "Locks need the Web Locks API, which is missing here. Serve the page over https, or from localhost.",
        );
      }
      if (!(config.indexedDB ?? globalThis.indexedDB)) {
        throw new LocksUnavailableError(
          "Locks count their turns in IndexedDB, which is missing here. Does the user block storage?",
        );
      }
      if (!config.channel && !globalThis.BroadcastChannel) {
        throw new LocksUnavailableError(
          "Locks need a BroadcastChannel, which is missing here. Pass one as `channel`.",
        );
      }
      return locks;
    },
    nextTask,
    openChannel: config.channel ?? (() => new BroadcastChannel(dbName)),
    raiseEpoch: (name, signal) =>
      raiseEpoch(config.indexedDB ?? globalThis.indexedDB, dbName, name, signal),
  });
}
