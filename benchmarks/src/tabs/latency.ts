import type { Figure } from "../measure.js";
import { closeTab, openTab } from "./browser.js";
import { type LinkName, linkNotes, links, payload } from "./links.js";

const ROUNDS = 20;
const PINGS_A_ROUND = 25;

/** Between two messages: nothing is under way, and no timer is late. */
const PAUSE_MS = 3;

/** In milliseconds, of each message one way. */
interface Delays {
  /** From the tab behind, which is hidden, to this one. */
  readonly fromHidden: readonly number[];
  readonly toHidden: readonly number[];
}

/** A message alone is a post alone. */
const contenders = (Object.keys(links) as LinkName[])
  .filter((name) => name !== "raw BroadcastChannel, 50 a post")
  .sort((a, b) => Number(isRaw(b)) - Number(isRaw(a)));

function isRaw(name: LinkName): boolean {
  return name === "raw BroadcastChannel, 1 a post";
}

let measured: Promise<ReadonlyMap<LinkName, Delays>> | undefined;

/** All contenders, in interleaved rounds. */
async function measureDelays(): Promise<ReadonlyMap<LinkName, Delays>> {
  const pingers = [];
  for (const name of contenders) pingers.push({ name, ...(await openPinger(name)) });
  for (let round = -3; round < ROUNDS; round += 1) {
    pingers.reverse();
    for (const { ping } of pingers) {
      for (let n = 0; n < PINGS_A_ROUND; n += 1) await ping(round >= 0);
    }
  }
  const delays = new Map(pingers.map(({ name, delays }) => [name, delays()]));
  for (const { close } of pingers) await close();
  return delays;
}

async function openPinger(name: LinkName) {
  const channel = `latency-${name}`;
  const samples: { there: number; back: number }[] = [];
  let onPong: (pong: number) => void = () => {};
  const link = await links[name](channel, ({ pong }) => {
    if (pong !== undefined) onPong(pong);
  });
  const tab = await openTab("link", name, channel);
  const now = () => performance.timeOrigin + performance.now();
  return {
    async ping(counts: boolean): Promise<void> {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      await new Promise<void>((resolve) => {
        const start = now();
        onPong = (pong) => {
          if (counts) samples.push({ there: pong - start, back: now() - pong });
          resolve();
        };
        link.publish([{ ...payload, ping: 1 }]);
      });
    },
    delays(): Delays {
      const there = samples.map((sample) => sample.there);
      const back = samples.map((sample) => sample.back);
      // The clocks of two processes are not quite one: the fastest took as long there as back.
      const skew = (Math.min(...there) - Math.min(...back)) / 2;
      return {
        fromHidden: back.map((ms) => ms + skew),
        toHidden: there.map((ms) => ms - skew),
      };
    },
    async close() {
      await link.close();
      await closeTab(tab);
    },
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] as number;
}

function figure(title: string, way: keyof Delays, share: number, goal: string): Figure {
  return {
    title,
    unit: "µs",
    in: ["chromium"],
    contenders: contenders.map((name) => ({
      name,
      note: name === "@pubsub-mfe/cross-tab" ? goal : linkNotes[name],
      async take() {
        measured ??= measureDelays();
        const delays = (await measured).get(name) as Delays;
        return percentile(delays[way], share) * 1_000;
      },
    })),
  };
}

export const latency: readonly Figure[] = [
  figure(
    "one message to a hidden tab, publish to handler, p50",
    "toHidden",
    0.5,
    "goal: within 1.3 × of raw, under 1,000",
  ),
  figure("one message to a hidden tab, publish to handler, p99", "toHidden", 0.99, ""),
  figure(
    "one message from a hidden tab, publish to handler, p50",
    "fromHidden",
    0.5,
    "goal: within 1.3 × of raw, under 2,000",
  ),
  figure("one message from a hidden tab, publish to handler, p99", "fromHidden", 0.99, ""),
];
