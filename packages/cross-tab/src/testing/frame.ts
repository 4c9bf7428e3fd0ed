import { createPubSub, type Message, type PubSubBus } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { onTestFinished, vi } from "vitest";
import type { CrossTabError } from "../errors.js";
import type { PeerOptions } from "../frames/types.js";
import { connectIframe, connectParent, type PeerConnection, type PeerState } from "../frames.js";

export const SHOP = "https://shop.example";
export const PAY = "https://pay.example";

/** One side, with everything that it delivers and is told. */
export interface Side {
  readonly bus: PubSubBus;
  readonly connection: PeerConnection;
  readonly received: Message[];
  readonly errors: CrossTabError[];
  readonly states: PeerState[];
  /** Settles with the next change to this state. */
  untilState(state: PeerState): Promise<void>;
}

/** A page at {@link SHOP} with a frame at {@link PAY}, in one realm: windows that only post. */
export class FakeFrame {
  readonly clock = new ManualClock();
  /** Everything that was posted between the windows, in order. */
  readonly knocks: { readonly data: unknown; readonly to: string }[] = [];
  readonly #parent = { postMessage: (data: unknown, to: string) => this.toHost(data, { to }) };
  readonly #frame = {
    postMessage: (
      data: unknown,
      { targetOrigin: to, transfer }: { targetOrigin: string; transfer: MessagePort[] },
    ) => this.toGuest(data, { to, ports: transfer }),
  };
  readonly iframe = Object.assign(new EventTarget(), {
    contentWindow: this.#frame as unknown,
  }) as unknown as HTMLIFrameElement;
  /** Where the frame is. */
  origin: string = PAY;

  constructor() {
    vi.stubGlobal("parent", this.#parent);
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
  }

  /** That of the guest's last hello. */
  get nonce(): string {
    const nonces = this.knocks.map(({ data }) => (data as { nonce?: string }).nonce);
    return nonces.findLast((nonce) => nonce !== undefined) ?? "";
  }

  openHost(options: PeerOptions = {}, origin: string = PAY): Side {
    return this.#open(options, (bus, all) => connectIframe(bus, this.iframe, { origin, ...all }));
  }

  openGuest(options: PeerOptions = {}, origins: string[] = [SHOP]): Side {
    return this.#open(options, (bus, all) => connectParent(bus, { origins, ...all }));
  }

  /** Posts to the page as the frame does, or as an origin that it went to would. */
  toHost(data: unknown, { to = "*", origin = this.origin, source = this.#frame as object } = {}) {
    this.#post(data, { to, at: SHOP, origin, source, ports: [] });
  }

  /** Posts into the frame as the page does, or as another that embeds it would. */
  toGuest(
    data: unknown,
    {
      to = "*",
      origin = SHOP as string,
      ports = [] as MessagePort[],
      source = this.#parent as object,
    } = {},
  ) {
    this.#post(data, { to, at: this.origin, origin, source, ports });
  }

  #post(
    data: unknown,
    post: { to: string; at: string; origin: string; source: object; ports: MessagePort[] },
  ): void {
    const { to, at, ...fields } = post;
    this.knocks.push({ data, to });
    if (to !== "*" && to !== at) return;
    queueMicrotask(() => dispatchEvent(Object.assign(new Event("message"), { data, ...fields })));
  }

  #open(
    options: PeerOptions,
    connect: (bus: PubSubBus, options: PeerOptions) => PeerConnection,
  ): Side {
    const bus = createPubSub();
    const received: Message[] = [];
    const errors: CrossTabError[] = [];
    const states: PeerState[] = [];
    const waits = new Set<(state: PeerState) => void>();
    bus.subscribe("#", (message) => received.push(message));
    const connection = connect(bus, {
      clock: this.clock,
      onError: (error) => errors.push(error),
      onChange: (state) => {
        states.push(state);
        for (const wait of waits) wait(state);
      },
      ...options,
    });
    onTestFinished(() => bus.dispose());
    const untilState = (wanted: PeerState) =>
      new Promise<void>((resolve) => {
        waits.add((state) => state === wanted && resolve());
      });
    return { bus, connection, received, errors, states, untilState };
  }
}

/** A message of the handshake as it is documented, made by hand. */
export function knock(type: string, fields: object = {}): object {
  return { mark: "@pubsub-mfe/cross-tab:peer", v: 1, type, ...fields };
}
