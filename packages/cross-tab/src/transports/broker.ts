/** What a page says to the broker. */
export type ToBroker =
  /** Wants to hear what is said on a channel. */
  | { readonly type: "join"; readonly channel: string }
  /** The page holds this lock as long as it lives. */
  | { readonly type: "lock"; readonly name: string }
  /** Hears no more; may have last words. */
  | { readonly type: "leave" }
  | { readonly type: "data"; readonly data: unknown };

/** What the broker says to a page. */
export type FromBroker =
  | { readonly type: "joined" }
  /** The broker holds this lock as long as it lives. */
  | { readonly type: "lock"; readonly name: string }
  | { readonly type: "data"; readonly data: unknown };

/** Passes what one port of a channel says to all others of it. */
export class Broker {
  readonly #channels = new Map<string, Set<MessagePort>>();
  readonly #locks: LockManager | undefined;
  /** Settles once the broker holds it. */
  readonly #ownLock: Promise<string>;

  /** @param locks - where there are none, ports are dropped when they say goodbye, and not before */
  constructor(locks: LockManager | undefined) {
    this.#locks = locks;
    this.#ownLock = new Promise((resolve) => {
      if (!locks) return;
      const name = `pubsub-mfe-broker:${crypto.randomUUID()}`;
      locks.request(name, {}, () => new Promise<never>(() => resolve(name))).catch(() => {});
    });
  }

  connect(port: MessagePort): void {
    let ports: Set<MessagePort> | undefined;
    const leave = () => ports?.delete(port);
    const tell = (said: FromBroker) => port.postMessage(said);
    port.onmessage = ({ data: said }: MessageEvent<ToBroker>) => {
      switch (said.type) {
        case "join":
          ports = this.#portsOf(said.channel);
          ports.add(port);
          tell({ type: "joined" });
          void this.#ownLock.then((name) => tell({ type: "lock", name }));
          break;
        case "lock":
          // No event tells that the other end of a port is gone.
          this.#locks?.request(said.name, {}, async () => void leave()).catch(() => {});
          break;
        case "leave":
          leave();
          break;
        case "data":
          for (const other of ports ?? []) if (other !== port) other.postMessage(said);
      }
    };
  }

  #portsOf(channel: string): Set<MessagePort> {
    const ports = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, ports);
    return ports;
  }
}
