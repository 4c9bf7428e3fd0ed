import { create } from "../dom.js";
import { onceAFrame } from "../once-a-frame.js";
import { panel } from "../panel.js";
import type { HostParts } from "../start-host.js";
import { Counters } from "./counters.js";
import { FaultControls } from "./fault-controls.js";
import { LeadLine } from "./lead-line.js";
import { LossControls } from "./loss-controls.js";
import { Roster } from "./roster.js";
import type { TabStory } from "./tab-story.js";
import { tellChanges } from "./tell-changes.js";
import { TRIAL_SIZE, Trials } from "./trials.js";

/** Shows who is there, who leads, and what goes between the tabs; lets one break that. */
export function showTabs(element: HTMLElement, parts: HostParts, story: TabStory): void {
  const { bus, tabs, losses, faults } = parts;
  const drawSoon = onceAFrame(draw);
  const trials = new Trials(bus);
  const received = new Map<string, number>();
  const summary = create("span", { className: "muted" });
  const roster = new Roster();
  const alone = create("p", {
    className: "muted",
    textContent: "No other tab is open. Open one by the button at the top, and it appears here.",
  });
  const leadLine = new LeadLine({
    tabs,
    bus,
    onChange: drawSoon,
    onAnswer: (text) => story.add(text),
  });
  const counters = new Counters();
  const controls = new LossControls(losses);
  const ask = create("button", {
    type: "button",
    textContent: `Have each other tab send ${TRIAL_SIZE} messages`,
  });
  element.append(
    create("header", {}, create("h2", { textContent: "Tabs" }), summary),
    create(
      "div",
      { className: "panels" },
      roster.element,
      alone,
      leadLine.element,
      panel("Messages between this tab and the others", counters.element),
      panel("Make the way to this tab bad", new FaultControls(faults, tabs).element),
      panel("Lose messages on the way", controls.element, ask),
      panel("What happened", story.element),
    ),
  );

  let repaired = 0;
  function draw(): void {
    const present = [...tabs.tabs()].sort((a, b) => (a.id < b.id ? -1 : 1));
    summary.textContent = `${present.length} open`;
    alone.hidden = present.length > 1;
    roster.draw(
      present.map((tab) => ({
        ...tab,
        isLinked: faults.isOnline,
        isThis: tab.id === tabs.presence.self,
        received: received.get(tab.id) ?? 0,
        trial: trials.describe(tab.id),
      })),
    );
    leadLine.draw(present);
    const stats = tabs.getStats();
    const { dropped, doubled, delayed } = faults.counts;
    counters.draw({ ...stats, lost: losses.count + dropped, doubled, delayed });
    controls.draw();
    const more = stats.messagesRepaired - repaired;
    repaired = stats.messagesRepaired;
    if (more > 0) story.add(`Repaired: ${more} lost ${more === 1 ? "message" : "messages"}.`);
  }

  ask.addEventListener("click", () => trials.ask());
  losses.onChange = drawSoon;
  faults.onChange(drawSoon);
  story.onChange = drawSoon;
  tabs.presence.onChange(drawSoon);
  tellChanges(tabs.presence, story);
  bus.subscribe("#", ({ meta }) => {
    const from = meta?._sourceClientId;
    if (typeof from === "string") received.set(from, (received.get(from) ?? 0) + 1);
    drawSoon();
  });
  draw();
}
