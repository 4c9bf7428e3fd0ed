import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type Range,
  Virtualizer,
} from "@tanstack/virtual-core";
import { create } from "../dom.js";
import type { Entry } from "../traffic/entry.js";
import { createHead } from "./list-head.js";
import { moveBy } from "./move-by.js";
import { Row } from "./row.js";

/** In pixels, as the stylesheet has it. */
const ROW_HEIGHT = 26;
/** Rows beyond either end of what is in sight. */
const OVERSCAN = 8;

/** Where more come at once they are there at once: each that fades costs the browser a layer. */
const MAX_FADING = 2;

/** What the list does, for the view around it. */
export interface MessageListEvents {
  /** It is to be drawn again. */
  onStale(): void;
  onOpen(entry: Entry): void;
  /** These have come at its end. */
  onFresh(entries: readonly Entry[]): void;
}

/**
 * A grid of entries of which only those in sight have elements, which are used again and again. It
 * follows its end until it is scrolled up.
 */
export class MessageList {
  readonly element = create("div", { className: "list" });
  readonly #scroller = create("div", { className: "scroller" });
  readonly #body = create("div", { className: "rows" });
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  readonly #events: MessageListEvents;
  readonly #shown = new Map<Entry, Row>();
  #spare: Row[] = [];
  #rows: readonly Entry[] = [];
  /** The row that the keyboard is at, also while it is out of sight. */
  #active = -1;
  #selected: Entry | undefined;
  #follows = true;
  /** Rows from here on have come since the last time. */
  #freshFrom = 0;

  constructor(events: MessageListEvents) {
    this.#events = events;
    const { element } = this;
    element.role = "grid";
    element.ariaLabel = "Messages";
    this.#body.role = "rowgroup";
    this.#scroller.append(this.#body);
    element.append(createHead(), this.#scroller);
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: 0,
      getScrollElement: () => this.#scroller,
      estimateSize: () => ROW_HEIGHT,
      overscan: OVERSCAN,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => events.onStale(),
    });
    this.#scroller.addEventListener("scroll", () => this.#look());
    this.#body.addEventListener("click", ({ target }) => this.#click(target as Element));
    this.#body.addEventListener("keydown", (event) => this.#press(event));
  }

  /** Whether the newest is kept in sight. */
  get follows(): boolean {
    return this.#follows;
  }

  /** Goes to the newest, and keeps it in sight from now on. */
  follow(): void {
    if (this.#rows.length > 0) this.#goTo(this.#rows.length - 1);
    this.#follows = true;
    this.#events.onStale();
  }

  /** Marks an entry, and brings it into sight when it is among the rows. */
  select(entry: Entry): void {
    this.#selected = entry;
    const index = this.#rows.indexOf(entry);
    if (index >= 0) {
      this.#active = index;
      this.#reveal(index);
    }
    this.#events.onStale();
  }

  /** @param gone - how many rows went at the beginning since the last time */
  draw(rows: readonly Entry[], gone: number): void {
    const fresh = this.#rows === rows && this.#freshFrom > 0 ? this.#freshFrom - gone : rows.length;
    const active = this.#keepActive(rows, gone);
    this.#rows = rows;
    const virtualizer = this.#virtualizer;
    virtualizer.setOptions({
      ...virtualizer.options,
      count: rows.length,
      // Another function each time, for the active row is not among what it compares.
      rangeExtractor: (range) => this.#extract(range),
    });
    virtualizer._willUpdate();
    const height = `${virtualizer.getTotalSize()}px`;
    if (this.#body.style.height !== height) this.#body.style.height = height;
    this.element.ariaRowCount = String(rows.length + 1);
    if (this.#follows) this.#scrollTo(this.#scroller.scrollHeight);
    else if (gone > 0) this.#scrollTo(this.#scroller.scrollTop - gone * ROW_HEIGHT);
    this.#drawRows(fresh);
    this.#freshFrom = rows.length;
    this.#events.onFresh(rows.slice(fresh));
    if (active) this.#shown.get(active)?.element.focus({ preventScroll: true });
  }

  /** @returns the entry that is to get the focus, when the one that had it is gone */
  #keepActive(rows: readonly Entry[], gone: number): Entry | undefined {
    if (this.#active < 0) return undefined;
    const entry = this.#rows === rows ? undefined : this.#rows[this.#active];
    let index = this.#active - gone;
    if (entry && rows[index] !== entry) index = rows.indexOf(entry);
    const hadFocus = this.#body.contains(document.activeElement);
    if (index >= 0) {
      this.#active = index;
      return undefined;
    }
    this.#active = Math.min(Math.max(0, this.#active - gone), rows.length - 1);
    return hadFocus ? rows[this.#active] : undefined;
  }

  #drawRows(fresh: number): void {
    const items = this.#virtualizer.getVirtualItems();
    const needed = new Set(items.map(({ index }) => this.#rows[index]));
    for (const [entry, row] of this.#shown) {
      if (needed.has(entry)) continue;
      this.#shown.delete(entry);
      this.#spare.push(row);
      row.element.remove();
    }
    const fades = this.#rows.length - fresh <= MAX_FADING;
    const tabStop = this.#tabStop();
    let next = this.#body.firstElementChild;
    for (const { index, start } of items) {
      const entry = this.#rows[index] as Entry;
      let row = this.#shown.get(entry);
      if (!row) {
        row = this.#spare.pop() ?? new Row();
        this.#shown.set(entry, row);
        row.element.classList.toggle("fresh", fades && index >= fresh);
      }
      row.draw(entry, entry === this.#selected);
      const { element } = row;
      // Those that stay are in order already: one that has the focus is never moved, which would end it.
      if (element === next) next = element.nextElementSibling;
      else this.#body.insertBefore(element, next);
      const top = `${start}px`;
      if (element.style.top !== top) element.style.top = top;
      const rowIndex = String(index + 2);
      if (element.ariaRowIndex !== rowIndex) element.ariaRowIndex = rowIndex;
      const tabIndex = index === tabStop ? 0 : -1;
      if (element.tabIndex !== tabIndex) element.tabIndex = tabIndex;
    }
    this.#spare = this.#spare.slice(0, 2 * OVERSCAN);
  }

  /** The row that has the focus keeps its element, wherever it is. */
  #extract(range: Range): number[] {
    const indexes = defaultRangeExtractor(range);
    const active = this.#tabStop();
    if (active < 0 || indexes.includes(active)) return indexes;
    return [...indexes, active].sort((a, b) => a - b);
  }

  /** The row that the tab key leads to: at first the newest. */
  #tabStop(): number {
    return this.#active >= 0 ? this.#active : this.#rows.length - 1;
  }

  #scrollTo(top: number): void {
    this.#scroller.scrollTop = top;
    // It would learn of that in the next frame only.
    this.#virtualizer.scrollOffset = this.#scroller.scrollTop;
  }

  #look(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    const follows = scrollTop + clientHeight >= scrollHeight - 4;
    if (follows === this.#follows) return;
    this.#follows = follows;
    this.#events.onStale();
  }

  #reveal(index: number): void {
    const [top] = this.#virtualizer.getOffsetForIndex(index, "auto") ?? [];
    if (top === undefined) return;
    this.#follows = index === this.#rows.length - 1;
    this.#scrollTo(top);
  }

  #click(target: Element): void {
    const element = target.closest(".row");
    for (const [entry, row] of this.#shown) {
      if (row.element !== element) continue;
      row.element.focus({ preventScroll: true });
      this.#active = this.#rows.indexOf(entry);
      this.#open(entry);
    }
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const from = this.#tabStop();
    if (event.key === "Enter" || event.key === " ") {
      const entry = this.#rows[from];
      if (entry) this.#open(entry);
    } else {
      const page = Math.max(1, Math.floor(this.#scroller.clientHeight / ROW_HEIGHT) - 1);
      const to = moveBy(event.key, from, this.#rows.length, page);
      if (to === undefined) return;
      this.#goTo(to);
    }
    event.preventDefault();
  }

  #goTo(index: number): void {
    this.#active = index;
    this.#reveal(index);
    this.#drawRows(this.#rows.length);
    this.#shown.get(this.#rows[index] as Entry)?.element.focus({ preventScroll: true });
  }

  #open(entry: Entry): void {
    this.#selected = entry;
    this.#events.onOpen(entry);
    this.#events.onStale();
  }
}
