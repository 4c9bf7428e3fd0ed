import type { LinkConnection, PubSubBus, Receive, Unsubscribe } from "@pubsub-mfe/core";
import { callback } from "../callback.js";
import { CrossTabError } from "../errors.js";
import type { Door } from "./door.js";
import type { Guest } from "./guest.js";
import { type Correspondent, envelopeRejected, type Handshake } from "./handshake.js";
import type { Host } from "./host.js";
import { Outbox } from "./outbox.js";
import { type CloseReason, readPortMessage } from "./protocol.js";
import { type PeerSettings, readSettings } from "./settings.js";
import type { PeerConnection, PeerOptions, PeerState, PeerStats } from "./types.js";
import { Waiting } from "./waiting.js";

/** Links a bus to what is behind a door. */
export class Peer implements PeerConnection {
  declare readonly [Symbol.dispose]: () => void;
  readonly #door: Door;
  readonly #settings: PeerSettings;
  readonly #onChange: ((state: PeerState) => void) | undefined;
  readonly #handshake: Handshake;
  readonly #outbox: Outbox;
  readonly #waiting = new Waiting();
  readonly #life = new AbortController();
  readonly #link: LinkConnection | undefined;
  #state: PeerState = "waiting";
  #port: MessagePort | undefined;
  #stopListening: Unsubscribe | undefined;
  #cancelTimeout: (() => void) | undefined;
  #received = 0;
  #ignored = 0;
  #rejected = 0;
  #lastRefusal: string | undefined;

  constructor(
    bus: Pick<PubSubBus, "connect">,
    id: string,
    door: Door,
    Side: typeof Host | typeof Guest,
    options: PeerOptions,
  ) {
    const settings = readSettings(options);
    const { clientId, clock, rules, bufferLimit: limit, tell } = settings;
    this.#door = door;
    this.#settings = settings;
    this.#onChange = options.onChange;
    this.#outbox = new Outbox({ label: door.label, limit, onError: tell });
    let receive: Receive = () => false;
    this.#handshake = new Side({
      door,
      clientId,
      clock,
      established: (port, peer) => this.#establish(port, peer, receive),
      superseded: () => this.#lose("replaced"),
      refused: this.#refuse,
    });
    this.#link = bus.connect(
      {
        domain: `peer:${id}`,
        send: (messages) => {
          if (this.#port && !door.isThere()) this.#lose("left");
          this.#outbox.send(messages);
        },
        onMessages: (into) => {
          receive = into;
          this.#open();
        },
        // What was sent is on its way, or waits for somebody to send it to.
        flush: () => {},
        close: () => this.#close(),
      },
      rules,
    );
    if (Symbol.dispose) this[Symbol.dispose] = () => this.dispose();
    const { signal } = options;
    const { signal: life } = this.#life;
    signal?.addEventListener("abort", () => this.dispose(), { signal: life });
    if (signal?.aborted) this.dispose();
  }

  get state(): PeerState {
    return this.#state;
  }

  get connected(): Promise<void> {
    return this.#waiting.promise;
  }

  getStats(): PeerStats {
    const { sent, batches, dropped, waiting } = this.#outbox;
    return {
      messagesSent: sent,
      messagesReceived: this.#received,
      messagesIgnored: this.#ignored,
      messagesRejected: this.#rejected,
      messagesDropped: dropped,
      messagesWaiting: waiting,
      batchesSent: batches,
    };
  }

  dispose(): void {
    this.#link?.dispose();
  }

  #open(): void {
    this.#stopListening = this.#door.listen({
      receive: (arrival) => this.#handshake.receive(arrival),
      again: () => this.#handshake.begin(),
      leaving: () => this.#port?.postMessage({ type: "close", reason: "left" }),
      failed: (reason) => {
        if (this.#state === "connecting") this.#tellUnreachable(reason);
      },
    });
    this.#connect();
  }

  /** Begins to wait for the other side. */
  #connect(): void {
    const { clock, timeoutMs } = this.#settings;
    this.#cancelTimeout = clock.setTimer(
      () => this.#tellUnreachable(`It did not answer within ${timeoutMs} ms. ${this.#door.hint}`),
      timeoutMs,
    );
    this.#setState("connecting");
    this.#handshake.begin();
  }

  #tellUnreachable(reason: string): void {
    this.#cancelTimeout?.();
    const { label } = this.#door;
    const error = new CrossTabError("PEER_UNREACHABLE", `Not connected to ${label}: ${reason}`);
    this.#waiting.reject(error);
    this.#waiting.renew();
    this.#settings.tell(error);
  }

  #establish(port: MessagePort, peer: Correspondent, receive: Receive): void {
    const added = { _crossTab: true, _sourceClientId: peer.clientId, _origin: peer.origin };
    this.#port = port;
    port.onmessage = ({ data }) => {
      const message = readPortMessage(data);
      if (typeof message === "string") this.#reject(envelopeRejected(this.#door, message));
      else if (message.type === "close") this.#onClosed(message.reason);
      else if (message.type === "messages") this.#deliver(message.messages, added, receive);
    };
    port.onmessageerror = () =>
      this.#reject(envelopeRejected(this.#door, "it cannot be copied into this context"));
    this.#cancelTimeout?.();
    this.#outbox.use(port);
    this.#waiting.resolve();
    this.#setState("connected");
  }

  #deliver(messages: readonly unknown[], added: Record<string, unknown>, receive: Receive): void {
    for (const message of messages) {
      try {
        if (receive(message, added)) this.#received += 1;
        else this.#ignored += 1;
      } catch (error) {
        this.#reject(envelopeRejected(this.#door, `${error}`, error));
      }
    }
  }

  #onClosed(reason: CloseReason): void {
    if (reason !== "replaced") {
      this.#lose();
      // It went of its own accord: nobody is to be warned that it does not come back.
      if (reason === "disposed") this.#cancelTimeout?.();
      return;
    }
    this.#settings.tell(
      new CrossTabError(
        "PEER_REPLACED",
        `The connection to ${this.#door.label} has ended: another bus of this page took its place. Connect one bus, or join the copies by joinPubSub().`,
      ),
    );
    this.dispose();
  }

  /** @param reason - what the other side is told, where it is there to hear it */
  #lose(reason?: CloseReason): void {
    if (!this.#port) return;
    this.#closePort(reason);
    this.#waiting.renew();
    this.#connect();
  }

  #closePort(reason?: CloseReason): void {
    if (reason) this.#port?.postMessage({ type: "close", reason });
    this.#port?.close();
    this.#port = undefined;
    this.#outbox.use(undefined);
  }

  #close(): void {
    this.#life.abort();
    this.#stopListening?.();
    this.#handshake.end();
    this.#cancelTimeout?.();
    this.#closePort("disposed");
    const { label } = this.#door;
    const error = new CrossTabError("PEER_DISPOSED", `The connection to ${label} was disposed.`);
    this.#waiting.end(error);
    this.#setState("disposed");
  }

  readonly #reject = (error: CrossTabError): void => {
    this.#rejected += 1;
    this.#settings.tell(error);
  };

  /** Who knocks and is refused may go on to knock. */
  readonly #refuse = (error: CrossTabError): void => {
    this.#rejected += 1;
    if (error.message === this.#lastRefusal) return;
    this.#lastRefusal = error.message;
    this.#settings.tell(error);
  };

  #setState(state: PeerState): void {
    this.#state = state;
    const onChange = this.#onChange;
    // Who made the connection does not have it yet while it begins.
    if (onChange && this.#link) callback(() => onChange(state));
  }
}
