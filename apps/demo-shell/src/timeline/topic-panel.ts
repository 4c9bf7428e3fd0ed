import type { PubSubBus } from "@pubsub-mfe/core";
import { create } from "../dom.js";
import type { Traffic } from "../traffic/traffic.js";
import { Listeners } from "./listeners.js";
import { OTHERS, TopicBook, type TopicNode } from "./topic-book.js";
import { TopicRow } from "./topic-row.js";

/** Rates and counts are drawn so often at most, in milliseconds. */
const EVERY_MS = 500;
/** So many are counted also while it is not seen, before the traffic drops them. */
const MANY = 2_000;
/** What is behind the shop's messages is folded at first. */
const FOLDED = new Set(["rpc", "aggregate", "system"]);

/** A tree of the topics, with counts and rates, who publishes them, and who listens. */
export class TopicPanel {
  readonly element = create("aside", { className: "detail topics" });
  readonly #book: TopicBook;
  readonly #onChoose: (filter: string) => void;
  readonly #onStale: () => void;
  readonly #tree = create("ul", { className: "topic-tree" });
  readonly #unheard = create("ul", { className: "topic-tree" });
  readonly #unheardPart: HTMLElement;
  readonly #empty = create("p", {
    className: "muted",
    textContent: "No topic yet. Add something to the cart.",
  });
  readonly #rows = new Map<string, TopicRow>();
  readonly #listeners: Listeners;
  #isListenersStale = false;
  #drawnAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unheardText = "";

  /** @param onStale - it is to be drawn again, where it is seen */
  constructor(
    bus: PubSubBus,
    traffic: Traffic,
    { onChoose, onStale }: { onChoose(filter: string): void; onStale(): void },
  ) {
    this.#book = new TopicBook(traffic);
    this.#onChoose = onChoose;
    this.#onStale = onStale;
    this.#listeners = new Listeners(bus);
    this.#unheardPart = create(
      "section",
      {},
      create("h3", { textContent: "Listened to, but never published" }),
      this.#unheard,
    );
    traffic.onChange(() => {
      if (this.#book.behind > MANY) this.#book.update();
    });
    this.element.ariaLabel = "Topics";
    this.element.append(this.#empty, this.#tree, this.#unheardPart);
    bus.onSubscriptionsChange(() => {
      this.#isListenersStale = true;
      onStale();
    });
  }

  /** Draws it when it was not drawn just now, and later otherwise; rates go on while there are some. */
  draw(): void {
    const now = Date.now();
    const wait = this.#drawnAt + EVERY_MS - now;
    if (wait > 0) {
      this.#drawIn(wait);
      return;
    }
    this.#drawnAt = now;
    this.#book.update();
    if (this.#isListenersStale) this.#listeners.update();
    this.#isListenersStale = false;
    const { root } = this.#book;
    this.#empty.hidden = root.count > 0;
    this.#drawChildren(this.#tree, root, now);
    this.#drawUnheard();
    if (root.rate(now) > 0) this.#drawIn(EVERY_MS);
  }

  #drawIn(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#onStale();
    }, ms);
  }

  #drawChildren(list: HTMLElement, parent: TopicNode, now: number): void {
    for (const node of parent.children.values()) {
      let row = this.#rows.get(node.path);
      if (!row) {
        row = this.#createRow(node);
        list.append(row.element);
      }
      // Of those with ids each has listeners of its own.
      const isOne = node.name !== OTHERS && !node.path.split(".").includes("+");
      const isTopic = node.own > 0 && isOne;
      const listeners = isTopic ? this.#listeners.of(node.path) : [];
      row.draw({
        count: node.count,
        rate: node.rate(now),
        sources: [...node.sources],
        listeners,
        isUnheard: isTopic && listeners.length === 0,
      });
      const branch = row.branch(node.children.size > 0);
      if (branch?.open) this.#drawChildren(row.list, node, now);
    }
  }

  #createRow(node: TopicNode): TopicRow {
    const row = new TopicRow(node.name, {
      isOpen: !FOLDED.has(node.path),
      onOpen: () => {
        this.#drawnAt = 0;
        this.#onStale();
      },
      onChoose: () => {
        const parent = node.path.slice(0, -node.name.length - 1);
        if (node.name === OTHERS) this.#onChoose(`${parent}.#`);
        else this.#onChoose(node.children.size > 0 ? `${node.path}.#` : node.path);
      },
    });
    this.#rows.set(node.path, row);
    return row;
  }

  #drawUnheard(): void {
    const unheard = this.#listeners.unheard(this.#book.topics);
    const text = JSON.stringify(unheard);
    if (text === this.#unheardText) return;
    this.#unheardText = text;
    this.#unheardPart.hidden = unheard.length === 0;
    this.#unheard.replaceChildren(
      ...unheard.map(([pattern, names]) =>
        create(
          "li",
          {},
          create("span", { className: "mono", textContent: pattern }),
          ...names.map((name) => {
            const who = create("span", { className: "muted who-listens", textContent: name });
            who.dataset.source = name;
            return who;
          }),
        ),
      ),
    );
  }
}
