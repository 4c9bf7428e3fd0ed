import { describe, expect, it, onTestFinished } from "vitest";
import { pick, randomOf } from "./testing/random.js";
import { World } from "./testing/world.js";

const MESSAGES = 30;

/** Of `pnpm sim`: `--seed 17` runs that seed alone and prints what happened, `--seeds 5000` so many. */
const { SIM_SEED, SIM_SEEDS = "300" } = process.env;
const seeds =
  SIM_SEED === undefined
    ? Array.from({ length: Number(SIM_SEEDS) }, (_, n) => n + 1)
    : [Number(SIM_SEED)];

/** In every second world nobody is out of reach: there all that is lost can be had again. */
const isCalm = (seed: number) => seed % 2 === 0;

/** Lets tabs publish, come, go, freeze and be parted, all by the seed, and then come to rest. */
async function run(seed: number): Promise<World> {
  const random = randomOf(seed);
  const chance = (rate: number) => random() < rate;
  const trouble = (rate: number) => !isCalm(seed) && chance(rate);
  const world = new World(seed);
  onTestFinished(() => world.dispose());
  const { network } = world;
  const tabCount = 2 + Math.floor(random() * 4);
  for (let n = 0; n < tabCount; n += 1) await world.open(`tab-${n}`);
  let healsMs = 0;
  for (let published = 0; published < MESSAGES; ) {
    const awake = world.withState("awake");
    const life = pick(random, awake);
    if (network.clock.monotonic() >= healsMs) network.heal();
    if (trouble(0.05)) {
      network.partition([[pick(random, world.lives).tab.id]]);
      healsMs = network.clock.monotonic() + random() * 2_000;
    }
    if (trouble(0.05) && awake.length > 1) world.freeze(life);
    else if (chance(0.02) && awake.length > 1) world.crash(life);
    for (const frozen of world.withState("frozen")) if (chance(0.2)) world.thaw(frozen);
    if (chance(0.03)) await world.open(`late-${published}`);
    if (life.state === "awake") {
      const burst = chance(0.2) ? 3 : 1;
      for (let n = 0; n < burst; n += 1) life.publish();
      published += burst;
    }
    await network.advance(chance(0.1) ? random() * 2_000 : random() * 40);
  }
  network.heal();
  for (const frozen of world.withState("frozen")) world.thaw(frozen);
  await network.advance(30_000);
  return world;
}

describe("tabs on a network that loses, doubles, reorders and parts", () => {
  it.each(seeds)(
    "get each other's messages in order, once, or are told (seed %i)",
    async (seed) => {
      const world = await run(seed);

      const violations = world.violations();
      if (isCalm(seed)) violations.push(...world.needlessGaps());
      if (SIM_SEED !== undefined) process.stdout.write(`${world.network.printTrace()}\n`);
      expect(violations, `Replay it with: pnpm sim --seed ${seed}`).toEqual([]);
    },
  );
});
