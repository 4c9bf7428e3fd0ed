import type { LinkConnection, Unsubscribe } from "@pubsub-mfe/core";
import { CrossTabError } from "./errors.js";
import type { Membership } from "./membership.js";
import type { CrossTabSettings } from "./settings.js";
import { differing, readSharedLink, type SharedLink } from "./shared-link.js";
import type { CrossTabConfig } from "./types.js";

/** What following works with. */
export interface FollowingContext {
  readonly settings: CrossTabSettings;
  /** As the application gave them. */
  readonly given: CrossTabConfig;
  readonly membership: Pick<Membership, "follow">;
  isAttached(connection: LinkConnection): boolean;
  tell(error: CrossTabError): void;
}

/** An adapter that waits joins the one whose link the page uses, and the next when that ends. */
export class Following {
  readonly #context: FollowingContext;
  #stop: Unsubscribe | undefined;

  constructor(context: FollowingContext) {
    this.#context = context;
  }

  /** @returns when the other adapter has caught up; at once where there is none */
  async start(connection: LinkConnection): Promise<void> {
    const { membership, isAttached } = this.#context;
    const host = connection.active ? undefined : readSharedLink(connection.shared);
    if (!host || !isAttached(connection)) return;
    const stopFollowing = membership.follow(host);
    const stopListening = host.onEnd(() => {
      this.stop();
      // By then the next link is open: it may be this one.
      queueMicrotask(() => void this.start(connection));
    });
    this.#stop = () => {
      stopFollowing();
      stopListening();
    };
    this.#tellDifferences(host);
    await host.caughtUp();
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #tellDifferences(host: SharedLink): void {
    const { settings, given, tell } = this.#context;
    const names = differing(settings, given, host);
    if (names.length === 0) return;
    const message = `Another adapter of this page carries the channel "${settings.channelName}", and these options of this one differ: ${names.join(", ")}. They count for nothing: give all adapters of a page the same, or attach one.`;
    tell(new CrossTabError("OPTIONS_DIFFER", message));
  }
}
