import { randomName } from "../random-name.js";
import type { Arrival } from "./door.js";
import { admit, type Handshake, type HandshakeContext } from "./handshake.js";
import { sealKnock } from "./protocol.js";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** The side in the frame or the worker: it asks until it gets a port. */
export class Guest implements Handshake {
  readonly #context: HandshakeContext;
  /** Of the hello that waits for its answer. */
  #nonce: string | undefined;
  #cancelRetry: (() => void) | undefined;

  constructor(context: HandshakeContext) {
    this.#context = context;
  }

  begin(): void {
    this.#nonce = randomName();
    this.#ask(FIRST_RETRY_MS);
  }

  receive(arrival: Arrival): void {
    const { clientId, established } = this.#context;
    const knock = admit(arrival, this.#context);
    if (knock?.type === "call") {
      if (this.#nonce !== undefined) this.#ask(FIRST_RETRY_MS);
    } else if (knock?.type === "accept") {
      const [port] = arrival.ports;
      // Another bus of this window sees this as well: what is not for this one is left alone.
      if (!port || knock.nonce !== this.#nonce) return;
      this.end();
      port.postMessage({ type: "open", nonce: knock.nonce, clientId });
      established(port, { clientId: knock.clientId, origin: arrival.origin });
    }
  }

  end(): void {
    this.#nonce = undefined;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }

  #ask(retryMs: number): void {
    const { door, clock } = this.#context;
    if (this.#nonce === undefined) return;
    this.#cancelRetry?.();
    door.post(sealKnock({ type: "hello", nonce: this.#nonce }));
    const nextMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    this.#cancelRetry = clock.setTimer(() => this.#ask(nextMs), retryMs);
  }
}
