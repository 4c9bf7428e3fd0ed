import type { Reporter } from "../diagnostics/reporter.js";
import { adoptMessage } from "../message.js";
import type { Message, Unsubscribe } from "../types.js";
import type { Listeners } from "./listeners.js";

/**
 * What adapters of the established library need; see {@link PubSubBus.getHooks}. New ones are links,
 * see {@link PubSubBus.connect}.
 */
export interface BusHooks {
  /**
   * Calls the listener inside `publish`, for each message that may leave the page; not for those
   * published with `scope: "page"`.
   */
  onPublish(listener: (message: Message) => void): Unsubscribe;
  /**
   * Delivers a message of another place to the handlers here. It is neither retained nor passed
   * on to `onPublish` listeners and links.
   *
   * @throws {@link InvalidMessageError} for what is not a message
   */
  dispatchExternal(message: Message): void;
  /** Tells diagnostics that an adapter was attached; `type` is a name of its kind. */
  notifyAdapterAttached(type: string): void;
  /** Tells diagnostics that an adapter was detached. */
  notifyAdapterDetached(type: string): void;
}

/** What hooks work with. */
interface HooksContext {
  readonly reporter: Reporter;
  readonly listeners: Listeners<Message>;
  /** @throws {@link BusDisposedError} */
  readonly assertAlive: (action: string) => void;
  /** Gives a message to the handlers of this bus alone. */
  readonly deliver: (message: Message) => void;
}

export function createHooks({ reporter, listeners, assertAlive, deliver }: HooksContext): BusHooks {
  const tell = (domain: string, state: "attached" | "detached"): void => {
    reporter.tell({ type: "link", domain, state });
  };
  return {
    onPublish: (listener) => {
      assertAlive("listen");
      return listeners.add(listener);
    },
    dispatchExternal: (value) => {
      assertAlive("dispatch");
      let message: Message;
      try {
        message = adoptMessage(value);
      } catch (error) {
        throw reporter.refused(error);
      }
      deliver(message);
    },
    notifyAdapterAttached: (type) => tell(type, "attached"),
    notifyAdapterDetached: (type) => tell(type, "detached"),
  };
}
