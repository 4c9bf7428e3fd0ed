/** What happened on a network. */
export interface NetworkEvent {
  /** By the network's clock, in milliseconds since it was made. */
  readonly atMs: number;
  readonly type:
    | "sent"
    | "delivered"
    | "dropped"
    | "duplicated"
    | "reordered"
    | "partitioned"
    | "refused"
    | "opened"
    | "crashed"
    | "frozen"
    | "thawed"
    | "cut"
    | "healed";
  /** The tab that it is about; of a message, the one that sent it. */
  readonly tab?: string;
  /** Which tab a message was for. */
  readonly to?: string;
  /** The channel of a message. */
  readonly channel?: string;
  /** Numbers what was sent, from 1. */
  readonly message?: number;
  /** What `label` called the message, or how the tabs were parted. */
  readonly note?: string;
}

/** How often what happened to messages; all but `sent` for each tab that one was for. */
export interface NetworkStats {
  /** Posts. */
  readonly sent: number;
  /** Arrivals, of second copies too. */
  readonly delivered: number;
  /** Lost by chance. */
  readonly dropped: number;
  /** Second copies. */
  readonly duplicated: number;
  /** Arrivals after a later message of the same sender. */
  readonly reordered: number;
  /** Lost, as there was no way between the two tabs. */
  readonly partitioned: number;
  /** Arrivals at an end that had closed, or whose tab had. */
  readonly refused: number;
  /** Under way. */
  readonly inFlight: number;
}

/** A list of what happened. */
export class Trace {
  readonly events: NetworkEvent[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(type: NetworkEvent["type"], facts: Omit<NetworkEvent, "atMs" | "type">): void {
    this.events.push({ atMs: this.#now(), type, ...facts });
  }

  count(type: NetworkEvent["type"]): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** One line an event. */
  print(): string {
    return this.events.map(printEvent).join("\n");
  }
}

function printEvent({ atMs, type, tab, to, channel, message, note }: NetworkEvent): string {
  const way = to === undefined ? tab : `${tab} -> ${to}`;
  return [
    `${atMs.toFixed(1).padStart(8)} ms`,
    type.padEnd(11),
    way,
    channel,
    message && `#${message}`,
    note,
  ]
    .filter((part) => part !== undefined)
    .join("  ");
}
