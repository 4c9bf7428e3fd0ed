import type { Presence } from "@pubsub-mfe/core";
import { tabName } from "./tab-name.js";
import type { TabStory } from "./tab-story.js";

/** Tells who comes, sleeps, wakes, goes and leads. */
export function tellChanges(presence: Presence, story: TabStory): void {
  const asleep = new Set<string>();
  let leader: string | undefined;
  const tellLeader = (): void => {
    const now = presence.tabs().find((tab) => tab.leader)?.id;
    if (now !== undefined && now !== leader) {
      story.add(now === presence.self ? "This tab leads now." : `Tab ${tabName(now)} leads now.`);
    }
    leader = now;
  };
  presence.onChange(({ type, tab: { id, state } }) => {
    const name = `Tab ${tabName(id)}`;
    const slept = asleep.delete(id);
    if (type === "left") story.add(`${name} is gone.`);
    else if (state === "asleep") {
      asleep.add(id);
      if (!slept) story.add(`${name} is asleep.`);
    } else if (slept) story.add(`${name} woke up.`);
    else if (type === "joined" && id !== presence.self) story.add(`${name} is open.`);
    tellLeader();
  });
  tellLeader();
}
