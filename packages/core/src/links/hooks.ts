import type { Message, Unsubscribe } from "../types.js";

/** What adapters of the established library need; see {@link PubSubBus.getHooks}. New ones are links, see {@link PubSubBus.connect}. */
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
