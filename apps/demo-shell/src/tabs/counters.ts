import type { CrossTabStats } from "@pubsub-mfe/cross-tab";
import { create } from "../dom.js";

/** What is counted, and how it is called. */
const COUNTERS = {
  messagesSent: "Sent",
  messagesReceived: "Received",
  lost: "Lost on purpose",
  doubled: "Doubled on purpose",
  delayed: "Delayed on purpose",
  messagesRepaired: "Repaired",
  gaps: "Gaps",
  messagesDeduplicated: "Came twice",
} as const;

/** What the demo does on purpose. */
type OnPurpose = "lost" | "doubled" | "delayed";

type Counts = Pick<CrossTabStats, Exclude<keyof typeof COUNTERS, OnPurpose>> &
  Readonly<Record<OnPurpose, number>>;

/** The numbers of this tab. */
export class Counters {
  readonly element = create("dl", { className: "counters" });
  readonly #values = new Map<keyof Counts, HTMLElement>();

  constructor() {
    for (const [key, name] of Object.entries(COUNTERS)) {
      const value = create("dd");
      this.#values.set(key as keyof Counts, value);
      this.element.append(create("div", {}, create("dt", { textContent: name }), value));
    }
  }

  draw(counts: Counts): void {
    for (const [key, element] of this.#values) {
      element.textContent = String(counts[key]);
      element.classList.toggle("bad", key === "gaps" && counts.gaps > 0);
    }
  }
}
