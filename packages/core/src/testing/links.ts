import type { Link, LinkConnection, Message, PubSubBus, Receive } from "../index.js";

let peers = 0;

/** A link of a domain of its own, that a test sends and receives through. */
export class TestLink implements Link {
  readonly domain: string;
  readonly sent: Message[][] = [];
  readonly log: string[] = [];
  receive: Receive = () => {
    throw new Error("The link was not opened.");
  };

  constructor(domain = `peer:test-${++peers}`) {
    this.domain = domain;
  }

  send(messages: readonly Message[]): void {
    this.sent.push([...messages]);
  }

  onMessages(receive: Receive): void {
    this.log.push("open");
    this.receive = receive;
  }

  flush(): void {
    this.log.push("flush");
  }

  close(): void {
    this.log.push("close");
  }
}

/** Gives a function what the bus sends over a link of its own. */
export function takeTurns(
  bus: Pick<PubSubBus, "connect">,
  take: (messages: readonly Message[]) => void,
): LinkConnection {
  const link = new TestLink();
  link.send = take;
  return bus.connect(link);
}
