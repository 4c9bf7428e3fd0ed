import type { PubSubBus } from "@pubsub-mfe/core";
import { CrossTabError } from "../errors.js";
import type { Door } from "./door.js";
import { Host } from "./host.js";
import { identify } from "./identify.js";
import { Peer } from "./peer.js";
import type { PeerConnection, PeerOptions } from "./types.js";

/**
 * Connects a bus to the one in a dedicated worker, where {@link connectOwner} is called. Dispose the
 * connection before `worker.terminate()`, which no browser tells of.
 *
 * @remarks
 * A few messages of the handshake go over the worker's own channel: a handler of its `message` event
 * sees them, and should ignore what it does not know.
 *
 * @param bus - what it publishes goes into the worker, and the other way round, as the rules have it
 * @throws {@link CrossTabError} `CROSS_TAB_MISUSED` for an option with a value that it cannot have
 *
 * @example
 * ```ts
 * const worker = new Worker(new URL("./search.js", import.meta.url), { type: "module" });
 * connectWorker(bus, worker, { share: ["search.#"] });
 * ```
 */
export function connectWorker(
  bus: Pick<PubSubBus, "connect">,
  worker: Worker,
  options: PeerOptions = {},
): PeerConnection {
  if (typeof worker?.postMessage !== "function" || !("terminate" in worker)) {
    throw new CrossTabError("CROSS_TAB_MISUSED", "connectWorker needs a dedicated worker.");
  }
  return new Peer(bus, identify(worker, "worker"), workerDoor(worker), Host, options);
}

function workerDoor(worker: Worker): Door {
  // A dedicated worker is always of the origin of whoever started it.
  const origin = globalThis.location?.origin ?? "null";
  return {
    label: "the worker",
    hint: "Does it call connectOwner()?",
    isThere: () => true,
    post: (data, to) => worker.postMessage(data, to ? [to.port] : []),
    listen({ receive, failed }) {
      const listening = new AbortController();
      const { signal } = listening;
      worker.addEventListener(
        "message",
        ({ data, ports }) => receive({ data, origin, ports, allowed: true }),
        { signal },
      );
      // One whose script is not there says no more than this.
      worker.addEventListener(
        "error",
        ({ message }) => failed(`Its script failed: ${message || "it could not be loaded"}.`),
        { signal },
      );
      return () => listening.abort();
    },
  };
}
