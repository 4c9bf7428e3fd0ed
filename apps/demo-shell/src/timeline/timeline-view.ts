import { showBusStatus } from "../bus-status.js";
import { create } from "../dom.js";
import { drawWhenSeen } from "../room/draw-when-seen.js";
import type { HostParts } from "../start-host.js";
import type { Entry } from "../traffic/entry.js";
import { showDetail } from "./detail.js";
import { FilterBox } from "./filter-box.js";
import { ListFooter } from "./list-footer.js";
import { MessageList } from "./message-list.js";
import { ShownEntries } from "./shown-entries.js";
import { ALL } from "./topic-filter.js";

const compact = new Intl.NumberFormat("en", { notation: "compact" });

/** Shows every message as it comes, what became of it, and who talks under which topics. */
export function showTimeline(
  element: HTMLElement,
  count: HTMLElement,
  { traffic }: Pick<HostParts, "traffic">,
): void {
  const drawSoon = drawWhenSeen(element, draw);
  const filterBox = new FilterBox((filter) => {
    shown.filter = filter;
    drawSoon();
  });
  const shown = new ShownEntries(traffic, filterBox.filter);
  const list = new MessageList({ onStale: drawSoon, onOpen: open });
  const footer = new ListFooter({
    onShowAll: () => filterBox.set(ALL),
    onFollow: () => list.follow(),
  });
  const detail = create("aside", { className: "detail", ariaLabel: "Selected message" });
  const pause = create("button", { type: "button", textContent: "❚❚ Pause" });
  element.append(
    create(
      "header",
      {},
      create("h2", { className: "visually-hidden", textContent: "Timeline" }),
      filterBox.element,
      pause,
    ),
    create(
      "div",
      { className: "workbench" },
      create("div", { className: "messages" }, list.element, footer.empty, footer.element),
      detail,
    ),
  );

  function open(entry: Entry): void {
    if (entry.kind === "message") showDetail(detail, entry.message, entry.way);
  }

  function draw(): void {
    const gone = shown.update();
    list.draw(shown.rows, gone);
    footer.draw({
      shown: shown.rows.length,
      all: traffic.dropped + traffic.entries.length,
      waiting: shown.isPaused ? shown.waiting : undefined,
      follows: list.follows,
    });
  }

  pause.addEventListener("click", () => {
    if (shown.isPaused) shown.resume();
    else shown.pause();
    pause.textContent = shown.isPaused ? "▶ Resume" : "❚❚ Pause";
    showBusStatus({ isPaused: shown.isPaused });
    drawSoon();
  });
  const drawCountSoon = drawWhenSeen(count.parentElement ?? count, () => {
    count.textContent = compact.format(traffic.dropped + traffic.entries.length);
  });
  traffic.onChange(() => {
    drawSoon();
    drawCountSoon();
  });
  drawSoon();
  drawCountSoon();
}
