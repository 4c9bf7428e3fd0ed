import { type Figure, median } from "../measure.js";
import { closeTab, type Ending, endTab, isRestored, openTab } from "./browser.js";
import { type CandidateName, candidates } from "./candidates.js";

const ROUNDS = 10;
/** Who does not lead by then never will. */
const NEVER_MS = 5_000;
/** Until a candidate that waits is known to the one who leads. */
const SETTLE_MS = 150;

const names = Object.keys(candidates) as CandidateName[];
let channels = 0;

interface Takeovers {
  /** In milliseconds. */
  readonly delays: number[];
  /** How many of the pages came out of the back/forward cache. */
  restored: number;
}

const measured = new Map<Ending, Promise<ReadonlyMap<CandidateName, Takeovers>>>();

/** All candidates, in interleaved rounds. */
async function measureEnding(how: Ending): Promise<ReadonlyMap<CandidateName, Takeovers>> {
  const all = names.map((name) => ({ name, delays: [] as number[], restored: 0 }));
  for (let round = 0; round < ROUNDS; round += 1) {
    all.reverse();
    for (const one of all) {
      // Two that never came are enough, when nothing else did.
      if (one.delays.length > 1 && one.delays.every((ms) => ms === NEVER_MS)) continue;
      const { ms, restored } = await takeOver(one.name, how);
      one.delays.push(ms);
      if (restored) one.restored += 1;
    }
  }
  return new Map(all.map(({ name, ...takeovers }) => [name, takeovers]));
}

async function takeOver(name: CandidateName, how: Ending) {
  channels += 1;
  const channel = `lead-${channels}`;
  const tab = await openTab("candidate", name, channel);
  let onLead: (at: number) => void = () => {};
  const led = new Promise<number>((resolve) => {
    onLead = resolve;
  });
  const stop = candidates[name](channel, () => onLead(Date.now()));
  await delay(SETTLE_MS);
  const since = await endTab(tab, how);
  const at = await Promise.race([led, delay(NEVER_MS).then(() => since + NEVER_MS)]);
  const restored = how === "cached" && (await isRestored(tab));
  await stop();
  await closeTab(tab);
  return { ms: Math.min(at - since, NEVER_MS), restored };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function takeovers(how: Ending): Promise<ReadonlyMap<CandidateName, Takeovers>> {
  const running = measured.get(how) ?? measureEnding(how);
  measured.set(how, running);
  return running;
}

function figure(how: Ending, title: string, goal: string): Figure {
  return {
    title: `${title}, p50 of ${ROUNDS}; ${NEVER_MS.toLocaleString("en")} is never`,
    unit: "ms",
    in: ["chromium"],
    contenders: names.map((name) => ({
      name,
      ...(name === "@pubsub-mfe/cross-tab" && { note: goal }),
      take: async () => median((await takeovers(how)).get(name)?.delays ?? []),
    })),
  };
}

const restored: Figure = {
  title: "leading pages that came out of the back/forward cache again",
  unit: "%",
  in: ["chromium"],
  contenders: names.map((name) => ({
    name,
    ...(name === "@pubsub-mfe/cross-tab" && { note: "goal: all" }),
    async take() {
      const { delays, restored } = (await takeovers("cached")).get(name) as Takeovers;
      return (100 * restored) / delays.length;
    },
  })),
};

export const takeover: readonly Figure[] = [
  figure("closed", "the next tab leads after the leader was closed", "goal: under 200"),
  figure("crashed", "the next tab leads after the leader crashed", "goal: under 500"),
  figure(
    "cached",
    "the next tab leads after the leader went into the back/forward cache",
    "goal: under 250",
  ),
  restored,
  figure(
    "frozen",
    "the visible tab leads after the leader was frozen",
    "goal: under 5,000, and fenced",
  ),
];
