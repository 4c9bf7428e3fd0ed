import type { PubSubBus } from "@pubsub-mfe/core";
import { CrossTabError } from "../errors.js";
import type { Door } from "./door.js";
import { Host } from "./host.js";
import { identify } from "./identify.js";
import { checkOrigin } from "./origins.js";
import { Peer } from "./peer.js";
import type { PeerConnection, PeerOptions } from "./types.js";

/** Options of {@link connectIframe}. */
export interface ConnectIframeOptions extends PeerOptions {
  /** The only origin that is talked to, such as `https://pay.example`; `"*"` is refused. */
  readonly origin: string;
}

/**
 * Connects a bus to the one in an iframe, where {@link connectParent} is called, whether the frame has
 * loaded or not. When it is reloaded, or comes back to the origin after it was elsewhere, it is
 * connected anew.
 *
 * @param bus - what it publishes goes into the frame, and the other way round, as the rules have it
 * @throws {@link CrossTabError} `CROSS_TAB_MISUSED` for an origin that is none, or any
 *
 * @example
 * ```ts
 * const payment = connectIframe(bus, iframe, {
 *   origin: "https://pay.example",
 *   share: ["payment.#"],
 * });
 * ```
 */
export function connectIframe(
  bus: Pick<PubSubBus, "connect">,
  iframe: HTMLIFrameElement,
  options: ConnectIframeOptions,
): PeerConnection {
  const origin: unknown = options?.origin;
  checkOrigin("The origin of connectIframe", origin);
  if (typeof iframe !== "object" || iframe === null || !("contentWindow" in iframe)) {
    throw new CrossTabError("CROSS_TAB_MISUSED", "connectIframe needs an iframe element.");
  }
  return new Peer(bus, identify(iframe, "iframe"), iframeDoor(iframe, origin), Host, options);
}

function iframeDoor(iframe: HTMLIFrameElement, expected: string): Door {
  return {
    label: `the iframe at ${expected}`,
    hint: `Is it there, and does it call connectParent() with ${globalThis.location?.origin} among its origins?`,
    isThere: () => iframe.contentWindow !== null,
    post(data, to) {
      const transfer = to ? [to.port] : [];
      iframe.contentWindow?.postMessage(data, { targetOrigin: to?.origin ?? "*", transfer });
    },
    listen({ receive, again }) {
      const listening = new AbortController();
      const { signal } = listening;
      addEventListener(
        "message",
        ({ source, data, origin, ports }) => {
          if (source === null || source !== iframe.contentWindow) return;
          receive({ data, origin, ports, allowed: origin === expected });
        },
        { signal },
      );
      iframe.addEventListener("load", again, { signal });
      return () => listening.abort();
    },
  };
}
