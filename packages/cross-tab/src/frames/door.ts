import type { Unsubscribe } from "@pubsub-mfe/core";

/** What came to a {@link Door}. */
export interface Arrival {
  readonly data: unknown;
  readonly origin: string;
  /** Whether the origin is one that may connect. */
  readonly allowed: boolean;
  readonly ports: readonly MessagePort[];
}

/** Where a handshake takes place: a window or a worker, before there is a port. */
export interface Door {
  /** What is behind it, for messages: `the iframe at https://pay.example`. */
  readonly label: string;
  /** What to do when nobody answers. */
  readonly hint: string;
  /** Whether somebody can be behind it; a frame that was taken out of the page is gone. */
  isThere(): boolean;
  /**
   * @param to - the one origin that may receive it; left out, whoever is behind the door may
   */
  post(data: object, to?: { readonly origin: string; readonly port: MessagePort }): void;
  /** Takes what comes from behind the door, and from nowhere else. */
  listen(on: DoorListener): Unsubscribe;
}

/** What happens at a {@link Door}. */
interface DoorListener {
  receive(arrival: Arrival): void;
  /** Somebody new may be behind it. */
  again(): void;
  /** This side is about to end. */
  leaving(): void;
  /** Nobody can be behind it. */
  failed(reason: string): void;
}
