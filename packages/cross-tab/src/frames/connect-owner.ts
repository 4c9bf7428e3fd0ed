import type { PubSubBus } from "@pubsub-mfe/core";
import { CrossTabError } from "../errors.js";
import type { Door } from "./door.js";
import { Guest } from "./guest.js";
import { identify } from "./identify.js";
import { Peer } from "./peer.js";
import type { PeerConnection, PeerOptions } from "./types.js";

/**
 * Connects the bus of a dedicated worker to that of whoever started it, where {@link connectWorker} is
 * called. Both are of one origin, so none is asked for.
 *
 * @param bus - what it publishes goes to the owner, and the other way round, as the rules have it
 * @throws {@link CrossTabError} `CROSS_TAB_MISUSED` where there is no dedicated worker
 *
 * @example
 * ```ts
 * connectOwner(bus, { share: ["search.#"] });
 * ```
 */
export function connectOwner(
  bus: Pick<PubSubBus, "connect">,
  options: PeerOptions = {},
): PeerConnection {
  if (typeof document !== "undefined" || typeof postMessage !== "function") {
    throw new CrossTabError(
      "CROSS_TAB_MISUSED",
      "connectOwner is for dedicated workers; in an iframe call connectParent().",
    );
  }
  return new Peer(bus, identify(globalThis, "owner"), ownerDoor(), Guest, options);
}

function ownerDoor(): Door {
  const origin = globalThis.location?.origin ?? "null";
  return {
    label: "the owner of this worker",
    hint: "Does it call connectWorker() for this worker?",
    isThere: () => true,
    post: (data) => postMessage(data),
    listen({ receive }) {
      const listening = new AbortController();
      addEventListener(
        "message",
        ({ data, ports }) => receive({ data, origin, ports, allowed: true }),
        { signal: listening.signal },
      );
      return () => listening.abort();
    },
  };
}
