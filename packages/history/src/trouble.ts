import type { LinkConnection } from "@pubsub-mfe/core";
import type { ConnectionListener } from "./connection.js";
import type { Carried } from "./established.js";

/** Tells the diagnostics of the page what happened to a log, while it is attached. */
export class Trouble implements ConnectionListener {
  readonly #dbName: string;
  readonly #log: (event: string, details: object) => void;
  /** What a bus gave for the log. */
  link: Pick<LinkConnection, "report"> | undefined;

  /** @param log - hears of it in any case */
  constructor(dbName: string, log: (event: string, details: object) => void) {
    this.#dbName = dbName;
    this.#log = log;
  }

  warn(code: string, message: string, details: object = {}): void {
    this.#log(code, details);
    this.link?.report({ type: "warning", code, message, details });
  }

  onCarriedOver({ messages, skipped }: Carried): void {
    this.warn(
      "HISTORY_CARRIED_OVER",
      `The database "${this.#dbName}" was one of the established library: ${messages} messages were taken over. ${skipped} records were none, and are gone.`,
      { messages, skipped },
    );
  }

  onBlocked(): void {
    this.warn(
      "HISTORY_BLOCKED",
      `Another page holds the database "${this.#dbName}" in an older layout: until it is closed or reloaded nothing is stored. What is published waits in memory.`,
    );
  }

  onReplaced(): void {
    this.warn(
      "HISTORY_DELETED",
      `The database "${this.#dbName}" was deleted with all it held. The log goes on in a new one.`,
    );
  }
}
