import type { PubSubBus } from "@pubsub-mfe/core";
import { clockTime } from "../clock-time.js";
import { create } from "../dom.js";
import { type Entry, hasFailed, type MessageEntry } from "../traffic/entry.js";
import type { Traffic } from "../traffic/traffic.js";
import { CopyBox } from "./copy-box.js";
import { createEnvelope } from "./envelope.js";
import { createPayloadTree } from "./payload-tree.js";
import { ReceiptList } from "./receipt-list.js";
import { writeTest } from "./test-code.js";

/** Shows everything that is known of one entry, and lets one use it again. */
export class Detail {
  readonly element = create("aside", { className: "detail" });
  readonly #bus: PubSubBus;
  readonly #traffic: Traffic;
  readonly #onOpen: (entry: Entry) => void;
  readonly #title = create("h3", { className: "mono", tabIndex: -1 });
  readonly #receipts: ReceiptList;
  readonly #said = create("output", { className: "muted" });
  readonly #copyBox = new CopyBox("Test", (text) => this.#say(text));
  readonly #actions: HTMLElement;
  #entry: Entry | undefined;

  /** @param onOpen - another entry is to be shown, such as the cause of this one */
  constructor(bus: PubSubBus, traffic: Traffic, onOpen: (entry: Entry) => void) {
    this.#bus = bus;
    this.#traffic = traffic;
    this.#onOpen = onOpen;
    this.#receipts = new ReceiptList(bus);
    this.element.ariaLabel = "Selected message";
    this.element.append(
      create("p", {
        className: "muted",
        textContent:
          "Select a message in the list: what it carries, who got it and how long they took is here. Without one, add something to the cart.",
      }),
    );
    const again = create("button", { type: "button", textContent: "Publish again" });
    const copy = create("button", { type: "button", textContent: "Copy as test" });
    again.addEventListener("click", () => this.#publishAgain());
    copy.addEventListener("click", () => void this.#copyTest());
    this.#actions = create("div", { className: "actions" }, again, copy);
  }

  show(entry: Entry): void {
    if (entry === this.#entry) return;
    const hadFocus = this.element.contains(document.activeElement);
    this.#entry = entry;
    this.#say("");
    this.#copyBox.hide();
    this.element.scrollTop = 0;
    if (entry.kind === "note") {
      this.#title.textContent = `✕ ${entry.title}`;
      const text = `${entry.text}, at ${clockTime(entry.ts)}.`;
      this.element.replaceChildren(this.#title, create("p", { textContent: text }));
      return;
    }
    const find = (id: string): MessageEntry | undefined => this.#traffic.find(id);
    this.element.replaceChildren(
      this.#title,
      createEnvelope(entry, find, this.#onOpen),
      createPayloadTree(entry.message.payload),
      this.#actions,
      this.#said,
      this.#copyBox.element,
      this.#receipts.element,
    );
    this.draw();
    // What had it, such as the link to a cause, is of another message.
    if (hadFocus) this.#title.focus();
  }

  /** Draws what has changed of it since. */
  draw(): void {
    const entry = this.#entry;
    if (entry?.kind !== "message") return;
    this.#title.textContent = `${hasFailed(entry) ? "✕ " : ""}${entry.message.topic}`;
    this.#receipts.draw(entry);
  }

  #publishAgain(): void {
    if (this.#entry?.kind !== "message") return;
    const { message, leaves } = this.#entry;
    const { topic, payload, schemaVersion, meta } = message;
    try {
      const { id } = this.#bus.publish(topic, payload, {
        source: meta?.source,
        schemaVersion,
        cause: message,
        scope: leaves ? undefined : "page",
      });
      this.#say(`Published again, as ${id}.`);
    } catch (error) {
      this.#say(`Nothing was published. ${error instanceof Error ? error.message : error}`);
    }
  }

  async #copyTest(): Promise<void> {
    if (this.#entry?.kind !== "message") return;
    const find = (id: string) => this.#traffic.find(id)?.message;
    await this.#copyBox.copy(writeTest(this.#entry.message, find));
  }

  #say(text: string): void {
    this.#said.textContent = text;
  }
}
