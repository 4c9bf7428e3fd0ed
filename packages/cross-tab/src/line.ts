import type { Message, Unsubscribe } from "@pubsub-mfe/core";
import type { CrossTabError } from "./errors.js";
import type { AutoTransport } from "./transports/auto.js";
import type { TransportListener } from "./transports/transport.js";

/** What carries the messages; it can be closed, and opened anew with what listens to it. */
export class Line {
  readonly #choose: () => AutoTransport;
  readonly #onError: (error: CrossTabError) => void;
  #chosen: AutoTransport;
  #listener: TransportListener | undefined;
  #stopListening: Unsubscribe | undefined;

  /**
   * @param choose - throws where there can be no transport
   * @param onError - is told what goes wrong while nobody calls
   */
  constructor(choose: () => AutoTransport, onError: (error: CrossTabError) => void) {
    this.#choose = choose;
    this.#onError = onError;
    this.#chosen = choose();
  }

  get partitioned(): boolean {
    return this.#chosen.partitioned;
  }

  send(data: unknown): void {
    this.#chosen.transport.send(data);
  }

  /** Says why a message cannot be carried. */
  refuse(message: Message): CrossTabError | undefined {
    return this.#chosen.transport.refuse?.(message);
  }

  /** @returns ends the listening */
  open(listener: TransportListener): Unsubscribe {
    const { transport } = this.#chosen;
    this.#listener = listener;
    // Before it is used: it may fail at once.
    const ignoreErrors = transport.onError?.(this.#onError);
    const mute = transport.onMessage(listener);
    this.#stopListening = () => {
      mute();
      ignoreErrors?.();
    };
    return () => this.#mute();
  }

  /** @throws what choosing and opening throws; the line is then closed */
  reopen(): void {
    this.close();
    this.#chosen = this.#choose();
    if (this.#listener) this.open(this.#listener);
  }

  close(): void {
    this.#mute();
    this.#chosen.transport.close();
  }

  #mute(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
  }
}
