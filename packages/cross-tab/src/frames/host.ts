import type { Arrival } from "./door.js";
import { admit, envelopeRejected, type Handshake, type HandshakeContext } from "./handshake.js";
import { readPortMessage, sealKnock } from "./protocol.js";

/** A guest that asks more often got none of the answers, and will get none. */
const MOST_OFFERS = 8;

/** The side that has the frame or the worker: it makes the port, and hands it in. */
export class Host implements Handshake {
  readonly #context: HandshakeContext;
  /** Handed in, and not opened yet. */
  readonly #offers = new Set<MessagePort>();
  /** Of the hello that was accepted last. */
  #nonce: string | undefined;
  #isOpen = false;

  constructor(context: HandshakeContext) {
    this.#context = context;
  }

  /** The guest may have come first, and be waiting. */
  begin(): void {
    this.#context.door.post(sealKnock({ type: "call" }));
  }

  receive(arrival: Arrival): void {
    // The version of this side is in its call, for the other to name as well.
    const knock = admit(arrival, this.#context, () => this.begin());
    if (knock?.type !== "hello") return;
    if (knock.nonce !== this.#nonce) {
      this.end();
      this.#nonce = knock.nonce;
      this.#context.superseded();
    }
    // The guest asks again until an answer is there: it takes the first.
    if (!this.#isOpen && this.#offers.size < MOST_OFFERS) {
      this.#offer(knock.nonce, arrival.origin);
    }
  }

  end(): void {
    this.#withdraw();
    this.#nonce = undefined;
    this.#isOpen = false;
  }

  #offer(nonce: string, origin: string): void {
    const { door, clientId, established, refused } = this.#context;
    const { port1: port, port2 } = new MessageChannel();
    this.#offers.add(port);
    port.onmessage = ({ data }) => {
      const message = readPortMessage(data);
      if (typeof message === "string" || message.type !== "open" || message.nonce !== nonce) {
        refused(envelopeRejected(door, "the port was not opened with the name it came with"));
        return;
      }
      this.#offers.delete(port);
      this.#withdraw();
      this.#isOpen = true;
      established(port, { clientId: message.clientId, origin });
    };
    const accept = sealKnock({ type: "accept", nonce, clientId });
    door.post(accept, { origin, port: port2 });
  }

  #withdraw(): void {
    for (const port of this.#offers) port.close();
    this.#offers.clear();
  }
}
