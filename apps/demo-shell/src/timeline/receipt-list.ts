import type { PubSubBus } from "@pubsub-mfe/core";
import { explain } from "@pubsub-mfe/core/inspect";
import { create } from "../dom.js";
import type { MessageEntry, Receipt } from "../traffic/entry.js";
import { tellDuration } from "./duration.js";

const NOT_CALLED: Readonly<Record<string, string>> = {
  filtered: "its sourceFilter leaves this source out",
  unsubscribed: "it was unsubscribed before its turn",
};

/** Says who got a message and how long they took, and who did not and why. */
export class ReceiptList {
  readonly element = create("div", { className: "receipts" });
  readonly #bus: PubSubBus;
  #entry: MessageEntry | undefined;
  /** What is drawn, in one string. */
  #drawn = "";

  constructor(bus: PubSubBus) {
    this.#bus = bus;
  }

  draw(entry: MessageEntry): void {
    const { receipts } = entry;
    const drawn = receipts.map(({ outcome, settledMs }) => `${outcome}${settledMs}`).join();
    if (entry === this.#entry && drawn === this.#drawn) return;
    const isOther = entry !== this.#entry;
    this.#entry = entry;
    this.#drawn = drawn;
    const called = receipts.filter(({ outcome }) => !(outcome in NOT_CALLED));
    const others = receipts.filter(({ outcome }) => outcome in NOT_CALLED);
    const reasons = isOther ? this.#createReasons(entry) : this.element.querySelector("details");
    // The reasons stay where they are: they may have the focus.
    for (const child of [...this.element.children]) if (child !== reasons) child.remove();
    if (reasons && isOther) this.element.append(reasons);
    const parts = [
      create("h4", { textContent: "Who got it" }),
      called.length > 0
        ? list(called, tellCalled)
        : create("p", { className: "muted", textContent: tellNobody(entry) }),
    ];
    if (others.length > 0) {
      parts.push(create("h4", { textContent: "Who did not" }), list(others, tellNotCalled));
    }
    this.element.prepend(...parts);
  }

  #createReasons({ message }: MessageEntry): HTMLElement {
    const details = create("details", {}, create("summary", { textContent: "Why others did not" }));
    const reasons = create("ul");
    details.append(reasons);
    details.addEventListener("toggle", () => {
      if (!details.open) return;
      const found = explain(this.#bus, message.topic, { source: message.meta?.source }).reasons;
      const lines =
        found.length > 0 ? found : ["As of now nothing keeps it from anybody who listens."];
      reasons.replaceChildren(...lines.map((textContent) => create("li", { textContent })));
    });
    return details;
  }
}

function list(receipts: readonly Receipt[], tell: (receipt: Receipt) => string): HTMLElement {
  return create(
    "ul",
    {},
    ...receipts.map((receipt) => {
      const item = create("li", { textContent: tell(receipt) });
      item.dataset.source = receipt.copy;
      item.classList.toggle("bad", receipt.outcome === "failed");
      return item;
    }),
  );
}

function tellCalled({ copy, pattern, outcome, durationMs, settledMs, error }: Receipt): string {
  const parts = [`${copy} by ${pattern}`, tellDuration(durationMs)];
  if (outcome === "pending") parts.push("not settled yet");
  if (settledMs !== undefined) parts.push(`settled after ${tellDuration(settledMs)}`);
  if (outcome === "failed") parts.push(`✕ failed${error ? `: ${error}` : ""}`);
  return parts.join(" · ");
}

function tellNotCalled({ copy, pattern, outcome }: Receipt): string {
  return `${copy} by ${pattern}: ${NOT_CALLED[outcome]}`;
}

function tellNobody({ way }: MessageEntry): string {
  return way === "history"
    ? "It is from before this page: nobody here got it live."
    : "Nobody on this page listens to it.";
}
