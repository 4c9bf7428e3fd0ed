import type { Message, Unsubscribe } from "../types.js";

/** What an adapter needs to link a bus to other places; see {@link PubSubBus.getHooks}. */
export interface BusHooks {
  /**
   * Calls the listener inside `publish`, for each message that may leave the page; not for those
   * published with `scope: "page"`.
   */
  onPublish(listener: (message: Message) => void): Unsubscribe;
  /**
   * Calls the listener once at the end of each turn, with the messages that were published in it
   * since the listener was added and may leave the page, in order. No handler has received them
   * yet: an adapter that copies them here is not affected by what handlers do to a payload.
   */
  onTurnEnd(listener: (messages: readonly Message[]) => void): Unsubscribe;
  /** Ends the turn for {@link BusHooks.onTurnEnd} listeners now, for example when the page hides. */
  flush(): void;
  /** Calls the listener when the bus is disposed, after its last turn was ended. */
  onDispose(listener: () => void): Unsubscribe;
  /**
   * Delivers a message of another place to the handlers here. It is neither retained nor passed
   * on to `onPublish` and `onTurnEnd` listeners.
   *
   * @throws {@link InvalidMessageError} for what is not a message
   */
  dispatchExternal(message: Message): void;
  /** Tells diagnostics that an adapter was attached; `type` is a name of its kind. */
  notifyAdapterAttached(type: string): void;
  /** Tells diagnostics that an adapter was detached. */
  notifyAdapterDetached(type: string): void;
}
