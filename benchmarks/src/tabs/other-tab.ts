// What another tab runs: the end of a link, or a candidate, as its address says.
import { nextTask } from "../measure.js";
import { type CandidateName, candidates } from "./candidates.js";
import { commandsOf, type PublishCommand } from "./commands.js";
import { type LinkName, links, payload } from "./links.js";

declare global {
  interface Window {
    /** It has its end open, or leads. */
    ready?: boolean;
    /** Counts on, unless the tab stands still. */
    beats: number;
    outOfCache?: boolean;
  }
}

window.beats = 0;
setInterval(() => {
  window.beats += 1;
}, 20);
addEventListener("pageshow", ({ persisted }) => {
  window.outOfCache = persisted;
});

const asked = new URLSearchParams(location.search);
const [name, channel] = [asked.get("name") ?? "", asked.get("channel") ?? ""];
if (asked.get("role") === "link") {
  await openLink(name as LinkName);
  window.ready = true;
} else {
  candidates[name as CandidateName](channel, () => {
    window.ready = true;
  });
}

async function openLink(name: LinkName): Promise<void> {
  const link = await links[name](channel, ({ ping }) => {
    if (ping === undefined) return;
    link.publish([{ ...payload, ping, pong: performance.timeOrigin + performance.now() }]);
  });
  commandsOf(channel).onmessage = async ({ data }: MessageEvent<PublishCommand>) => {
    for (let n = 0; n < data.turns; n += 1) {
      if (n > 0) await nextTask();
      link.publish(Array.from({ length: data.perTurn }, () => payload));
    }
  };
}
