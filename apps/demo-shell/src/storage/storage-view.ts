import { clockTime } from "../clock-time.js";
import { create } from "../dom.js";
import { panel } from "../panel.js";
import { drawWhenSeen } from "../room/draw-when-seen.js";
import type { HostParts } from "../start-host.js";
import { StorageControls } from "./storage-controls.js";
import type { StorageFaults } from "./storage-faults.js";
import { type LogTally, tallyLog } from "./tally.js";

const NOTHING_YET = "Nothing is stored yet. Add something to the cart, and its message is here.";
const NOTHING_CAN_BE =
  "Nothing can be stored now. What is published waits in memory; the shop goes on with it.";

/** Shows what the log holds, how much room there is, and lets one break the storage. */
export function showStorage(
  element: HTMLElement,
  { bus, history }: Pick<HostParts, "bus" | "history">,
  faults: StorageFaults,
): void {
  const summary = create("span", { className: "muted" });
  const room = create("meter", { min: 0, max: 1 });
  room.setAttribute("aria-label", "Room used");
  const roomText = create("span");
  const persisted = create("span");
  const persist = create("button", { type: "button", textContent: "Ask the browser to keep it" });
  const facts = new Facts();
  const collect = create("button", { type: "button", textContent: "Collect now" });
  const collected = create("output", { className: "muted" });
  const rows = create("tbody");
  const table = create(
    "table",
    {},
    create(
      "thead",
      {},
      create(
        "tr",
        {},
        create("th", { textContent: "Topic", scope: "col" }),
        create("th", { textContent: "Messages", scope: "col" }),
        create("th", { textContent: "Oldest", scope: "col" }),
      ),
    ),
    rows,
  );
  table.setAttribute("aria-label", "Stored messages by topic");
  const empty = create("p", { className: "muted" });
  element.append(
    create("header", {}, create("h2", { textContent: "Storage" }), summary),
    create(
      "div",
      { className: "panels" },
      panel(
        "Room",
        create("div", { className: "room-used" }, room, roomText),
        create("div", { className: "persisted" }, persisted, persist),
      ),
      panel("The log", facts.element, create("div", { className: "actions" }, collect, collected)),
      panel("Faults of the storage", new StorageControls(faults).element),
      panel("Stored messages by topic", empty, table),
    ),
  );

  let isReading = false;
  let isStale = false;
  const draw = async (): Promise<void> => {
    isStale = true;
    if (isReading) return;
    isReading = true;
    while (isStale) {
      isStale = false;
      await drawOnce();
    }
    isReading = false;
  };

  const drawOnce = async (): Promise<void> => {
    // What cannot be stored is told by the counters below.
    await history.flush().catch(() => {});
    const tally = await tallyLog(history.read("#")).catch(() => undefined);
    const stats = history.getStats();
    summary.textContent = stats.degraded
      ? "✕ Nothing is stored now"
      : `${tally?.count ?? 0} ${tally?.count === 1 ? "message" : "messages"} stored`;
    empty.textContent = stats.degraded ? NOTHING_CAN_BE : NOTHING_YET;
    facts.draw({
      "Waiting in memory": stats.pending,
      "Stored by this tab": stats.messagesPersisted,
      "Came twice": stats.duplicatesSkipped,
      "Removed by collection": stats.messagesGarbageCollected,
      "Last collection":
        stats.lastGcTimestamp === null ? "none yet" : clockTime(stats.lastGcTimestamp),
      "Oldest message":
        tally?.oldest === undefined ? "–" : new Date(tally.oldest).toLocaleString("en-GB"),
    });
    showTopics(tally);
    await showRoom();
  };

  const showTopics = (tally: LogTally | undefined): void => {
    const topics = tally?.topics ?? [];
    empty.hidden = topics.length > 0;
    table.hidden = topics.length === 0;
    rows.replaceChildren(
      ...topics.map(({ topic, count, oldest }) =>
        create(
          "tr",
          {},
          create("th", { scope: "row", className: "mono", textContent: topic }),
          create("td", { className: "mono", textContent: String(count) }),
          create("td", { className: "mono muted", textContent: clockTime(oldest) }),
        ),
      ),
    );
  };

  const showRoom = async (): Promise<void> => {
    const { usage, quota, persisted: isKept } = await history.storage();
    room.hidden = usage === undefined || quota === undefined;
    room.max = quota ?? 1;
    room.value = usage ?? 0;
    roomText.textContent =
      usage === undefined || quota === undefined
        ? "The browser does not tell how much room there is."
        : `${bytes(usage)} of ${bytes(quota)} used by all that this origin stores`;
    persisted.textContent = isKept
      ? "✓ The browser keeps it until the visitor removes it."
      : "The browser may remove it when room is short.";
    persist.hidden = isKept === true;
  };

  persist.addEventListener("click", async () => {
    const isKept = await history.persist();
    await showRoom();
    if (!isKept) persisted.textContent = "The browser does not promise to keep it.";
  });
  collect.addEventListener("click", async () => {
    try {
      const count = await history.forceGc();
      collected.textContent =
        count === 0 ? "Nothing was too old or too many." : `${count} removed.`;
    } catch (error) {
      collected.textContent = `Nothing could be collected: ${error instanceof Error ? error.message : error}`;
    }
    drawSoon();
  });

  const drawSoon = drawWhenSeen(element, () => void draw());
  bus.subscribe("#", drawSoon);
  faults.onChange(drawSoon);
  drawSoon();
}

/** Names and values, of which only the values change. */
class Facts {
  readonly element = create("dl", { className: "facts" });
  readonly #values = new Map<string, HTMLElement>();

  draw(facts: Readonly<Record<string, string | number>>): void {
    for (const [name, value] of Object.entries(facts)) {
      let element = this.#values.get(name);
      if (!element) {
        element = create("dd");
        this.#values.set(name, element);
        this.element.append(create("dt", { textContent: name }), element);
      }
      element.textContent = String(value);
    }
  }
}

function bytes(count: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
