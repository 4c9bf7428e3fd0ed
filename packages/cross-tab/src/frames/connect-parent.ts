import type { PubSubBus } from "@pubsub-mfe/core";
import { CrossTabError } from "../errors.js";
import type { Door } from "./door.js";
import { Guest } from "./guest.js";
import { identify } from "./identify.js";
import { checkOrigin } from "./origins.js";
import { Peer } from "./peer.js";
import type { PeerConnection, PeerOptions } from "./types.js";

/** Options of {@link connectParent}. */
export interface ConnectParentOptions extends PeerOptions {
  /** Who may embed this page and be connected, such as `https://shop.example`; `"*"` is refused. */
  readonly origins: readonly string[];
}

/**
 * Connects the bus of an iframe to that of the page which embeds it, where {@link connectIframe} is
 * called, whichever of the two comes first.
 *
 * @param bus - what it publishes goes to the parent, and the other way round, as the rules have it
 * @throws {@link CrossTabError} `CROSS_TAB_MISUSED` for an origin that is none, or any, and where the
 *   page is not in a frame
 *
 * @example
 * ```ts
 * connectParent(bus, { origins: ["https://shop.example"], share: ["payment.#"] });
 * ```
 */
export function connectParent(
  bus: Pick<PubSubBus, "connect">,
  options: ConnectParentOptions,
): PeerConnection {
  const origins: unknown = options?.origins;
  if (!Array.isArray(origins) || origins.length === 0) {
    throw misused("origins of connectParent is empty: list who may embed this page.");
  }
  for (const origin of origins) checkOrigin("An origin of connectParent", origin);
  if (typeof document === "undefined") {
    throw misused("connectParent is for iframes; in a worker call connectOwner().");
  }
  if (window.parent === window) {
    throw misused(
      "connectParent was called in a page that is in no frame. Call it where window.parent !== window.",
    );
  }
  return new Peer(bus, identify(document, "parent"), parentDoor([...origins]), Guest, options);
}

function parentDoor(expected: readonly string[]): Door {
  return {
    label: `the parent page at ${expected.join(" or ")}`,
    hint: `Does it call connectIframe() for this frame, with the origin ${location.origin}?`,
    isThere: () => true,
    // Which of them it is shows in its answer, and a hello holds nothing but a random name.
    post: (data) => window.parent.postMessage(data, "*"),
    listen({ receive, leaving }) {
      const listening = new AbortController();
      const { signal } = listening;
      addEventListener(
        "message",
        ({ source, data, origin, ports }) => {
          if (source !== window.parent) return;
          receive({ data, origin, ports, allowed: expected.includes(origin) });
        },
        { signal },
      );
      addEventListener(
        "pagehide",
        ({ persisted }) => {
          // In the back/forward cache both sides rest, and go on together.
          if (!persisted) leaving();
        },
        { signal },
      );
      return () => listening.abort();
    },
  };
}

function misused(text: string): CrossTabError {
  return new CrossTabError("CROSS_TAB_MISUSED", text);
}
