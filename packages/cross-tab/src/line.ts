import type { Unsubscribe } from "@pubsub-mfe/core";
import type { Transport, TransportListener } from "./transports/transport.js";

/** What carries the messages; it can be closed, and opened anew with what listens to it. */
export class Line {
  readonly #create: () => Transport;
  #transport: Transport;
  #listener: TransportListener | undefined;
  #stopListening: Unsubscribe | undefined;

  /** @param create - throws where there can be no transport */
  constructor(create: () => Transport) {
    this.#create = create;
    this.#transport = create();
  }

  send(data: unknown): void {
    this.#transport.send(data);
  }

  /** @returns ends the listening */
  open(listener: TransportListener): Unsubscribe {
    this.#listener = listener;
    this.#stopListening = this.#transport.onMessage(listener);
    return () => this.#mute();
  }

  /** @throws what creating and opening throws; the line is then closed */
  reopen(): void {
    this.close();
    this.#transport = this.#create();
    if (this.#listener) this.open(this.#listener);
  }

  close(): void {
    this.#mute();
    this.#transport.close();
  }

  #mute(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
  }
}
