import type { Presence } from "@pubsub-mfe/core";
import { create } from "../dom.js";
import { tabName } from "./tab-name.js";

/** Shows the tabs in the top bar, and in the title which one this is: browsers show that of each tab. */
export function showPresent(list: HTMLElement, count: HTMLElement, presence: Presence): void {
  const { title } = document;
  const draw = (): void => {
    const tabs = [...presence.tabs()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const isLeader = tabs.some(({ id, leader }) => leader && id === presence.self);
    document.title = `${isLeader ? "★ " : ""}${tabName(presence.self)} · ${title}`;
    count.textContent = String(tabs.length);
    list.replaceChildren(
      ...tabs.map(({ id, state, leader }) => {
        const isThis = id === presence.self;
        const item = create("li", {
          className: isThis ? "chip mono this" : "chip mono",
          title: [isThis && "this tab", state, leader && "leads"].filter(Boolean).join(", "),
        });
        item.append(tabName(id));
        if (leader) item.append(" ", create("span", { className: "leads", textContent: "★" }));
        return item;
      }),
    );
  };
  presence.onChange(draw);
  draw();
}
