import { joinPubSub, type Link, type Message, type PubSubBus, type Receive } from "../index.js";
import { ManualClock } from "./manual-clock.js";

/** A channel that reaches every page but the one that sends. */
export class Channel {
  /** How often each message was sent, by id. */
  readonly sent = new Map<string, number>();
  readonly #ends = new Map<object, Receive>();

  link(domain: string): Link {
    const end = {};
    return {
      domain,
      send: (messages) => {
        for (const message of messages) {
          this.sent.set(message.id, (this.sent.get(message.id) ?? 0) + 1);
          for (const [other, receive] of this.#ends) if (other !== end) receive(message);
        }
      },
      onMessages: (receive) => void this.#ends.set(end, receive),
      flush: () => {},
      close: () => void this.#ends.delete(end),
    };
  }
}

/** A log that all pages of an origin store into. */
export class Log {
  readonly rows: string[] = [];

  link(): Link {
    return {
      domain: "log:db",
      send: (messages) => void this.rows.push(...messages.map(({ id }) => id)),
      onMessages: () => {},
      flush: () => {},
      close: () => {},
    };
  }
}

/** A copy on a page, and what its handler received. */
export class Copy {
  readonly bus: PubSubBus;
  readonly received: Message[] = [];
  alive = true;

  /** @param page - pages are kept apart by the app that their copies join */
  constructor(page: string, name: string) {
    this.bus = joinPubSub({ app: page, name, clock: new ManualClock() });
    this.bus.subscribe("#", (message) => this.received.push(message));
  }

  leave(): void {
    this.alive = false;
    this.bus.dispose();
  }
}
