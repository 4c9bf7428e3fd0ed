import { showBusStatus } from "../bus-status.js";
import { create } from "../dom.js";
import { drawWhenSeen } from "../room/draw-when-seen.js";
import type { HostParts } from "../start-host.js";
import type { Entry } from "../traffic/entry.js";
import { Announcer } from "./announcer.js";
import { Beside } from "./beside.js";
import { Detail } from "./detail.js";
import { download } from "./download.js";
import { FilterBox } from "./filter-box.js";
import { toJsonLines } from "./json-lines.js";
import { ListFooter } from "./list-footer.js";
import { MessageList } from "./message-list.js";
import { ShownEntries } from "./shown-entries.js";
import { ALL } from "./topic-filter.js";
import { TopicPanel } from "./topic-panel.js";

const compact = new Intl.NumberFormat("en", { notation: "compact" });

/** Shows every message as it comes, what became of it, and who talks under which topics. */
export function showTimeline(
  element: HTMLElement,
  count: HTMLElement,
  { bus, traffic }: Pick<HostParts, "bus" | "traffic">,
): void {
  const drawSoon = drawWhenSeen(element, draw);
  const filterBox = new FilterBox((filter) => {
    shown.filter = filter;
    drawSoon();
  });
  const shown = new ShownEntries(traffic, filterBox.filter);
  const announcer = new Announcer();
  const list = new MessageList({
    onStale: drawSoon,
    onOpen: open,
    onFresh: (entries) => announcer.add(entries),
  });
  const footer = new ListFooter({
    onShowAll: () => {
      filterBox.set(ALL);
      // The button that was pressed is not there any more.
      filterBox.focus();
    },
    onFollow: () => list.follow(),
  });
  const detail = new Detail(bus, traffic, (entry) => {
    open(entry);
    list.select(entry);
  });
  const topics = new TopicPanel(bus, traffic, {
    onChoose: (filter) => filterBox.set(filter),
    onStale: drawSoon,
  });
  const beside = new Beside({ Topics: topics.element, Detail: detail.element }, drawSoon);
  const pause = create("button", { type: "button", textContent: "❚❚ Pause" });
  const exporting = create("button", { type: "button", textContent: "Export" });
  exporting.title = "Download what the list shows, as NDJSON";
  pause.dataset.key = "p";
  element.append(
    create(
      "header",
      {},
      create("h2", { className: "visually-hidden", textContent: "Timeline" }),
      filterBox.element,
      pause,
      exporting,
    ),
    create(
      "div",
      { className: "workbench" },
      create("div", { className: "messages" }, list.element, footer.empty, footer.element),
      beside.element,
    ),
    announcer.element,
  );

  function open(entry: Entry): void {
    detail.show(entry);
    beside.show(detail.element);
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
    if (!topics.element.hidden) topics.draw();
    if (!detail.element.hidden) detail.draw();
  }

  pause.addEventListener("click", () => {
    if (shown.isPaused) shown.resume();
    else shown.pause();
    pause.textContent = shown.isPaused ? "▶ Resume" : "❚❚ Pause";
    showBusStatus({ isPaused: shown.isPaused });
    drawSoon();
  });
  exporting.addEventListener("click", () => {
    shown.update();
    const time = new Date().toISOString().replace(/[:.]/g, "-");
    download(`timeline-${time}.ndjson`, toJsonLines(shown.rows));
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
