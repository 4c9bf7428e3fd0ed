import type { LinkConnection } from "@pubsub-mfe/core";
import type { ConnectionListener } from "./connection.js";
import type { Row } from "./database.js";
import { type HistoryError, HistoryWriteError } from "./errors.js";
import type { Carried } from "./established.js";
import { isMessageRow } from "./valid-row.js";
import { counted } from "./wording.js";

/** Tells the diagnostics of the page what happened to a log, while it is attached. */
export class Trouble implements ConnectionListener {
  readonly #dbName: string;
  readonly #log: (event: string, details: object) => void;
  #link: Pick<LinkConnection, "report"> | undefined;
  #domain = "";
  /** Since nothing could be stored. */
  #dropped = 0;
  #replacement: string | undefined;
  /** The positions of records that are no messages. */
  readonly #skipped = new Set<number>();

  /** @param log - hears of it in any case */
  constructor(dbName: string, log: (event: string, details: object) => void) {
    this.#dbName = dbName;
    this.#log = log;
  }

  /** @param domain - of the log's link */
  attach(link: Pick<LinkConnection, "report">, domain: string): void {
    this.#link = link;
    this.#domain = domain;
  }

  detach(): void {
    this.#link = undefined;
  }

  onDegraded(error: HistoryError): void {
    const reason = error instanceof HistoryWriteError ? String(error.cause) : error.message;
    this.#log("degraded", { reason });
    this.#link?.report({ type: "storage-degraded", domain: this.#domain, reason });
  }

  /** Tells of the first, and of all of them at the end. */
  onDropped(count: number): void {
    if (this.#dropped === 0) {
      this.#warn(
        "HISTORY_DROPPED",
        "More messages wait in memory than the log may keep: from now on the oldest are given up.",
        { count },
      );
    }
    this.#dropped += count;
  }

  onRecovered(): void {
    const dropped = this.#dropped;
    this.#dropped = 0;
    const lost =
      dropped === 0
        ? "none was given up"
        : `but for ${counted(dropped, "message")} given up before`;
    this.#warn(
      "HISTORY_RECOVERED",
      `The log stores again what is published, and what waited in memory: ${lost}.`,
      { dropped },
    );
  }

  onCollectedForRoom(removed: number): void {
    this.#warn(
      "HISTORY_COLLECTED",
      `The origin has used up its quota. Removed at once: ${counted(removed, "old message")}.`,
      { removed },
    );
  }

  /** Looks at what was read, and tells of each record once that is none of this package's. */
  isMessage(row: Row): boolean {
    if (isMessageRow(row)) return true;
    const { position } = row as Row;
    if (this.#skipped.has(position)) return false;
    this.#skipped.add(position);
    this.#warn(
      "HISTORY_RECORD_SKIPPED",
      `A record of the database "${this.#dbName}" is no message, and left out: something else has written it, or the disk has a fault.`,
      { position },
    );
    return false;
  }

  /** How many records were left out. */
  get skippedCount(): number {
    return this.#skipped.size;
  }

  onCarriedOver({ messages, skipped }: Carried): void {
    this.#warn(
      "HISTORY_CARRIED_OVER",
      `The database "${this.#dbName}" was one of the established library. Taken over: ${counted(messages, "message")}. No messages, and gone: ${counted(skipped, "record")}.`,
      { messages, skipped },
    );
  }

  onBlocked(): void {
    this.#warn(
      "HISTORY_BLOCKED",
      `Another page holds the database "${this.#dbName}" in an older layout: until it is closed or reloaded nothing is stored. What is published waits in memory.`,
    );
  }

  /** @param id - of the one that came instead; the log and the streams both find it */
  onReplaced(id: string): void {
    if (id === this.#replacement) return;
    this.#replacement = id;
    this.#warn(
      "HISTORY_DELETED",
      `The database "${this.#dbName}" was deleted with all it held. The log goes on in a new one.`,
    );
  }

  #warn(code: string, message: string, details: object = {}): void {
    this.#log(code, details);
    this.#link?.report({ type: "warning", code, message, details });
  }
}
