import { describe, expect, it } from "vitest";
import { pick, randomOf } from "./testing/random.js";
import { World, type WorldOptions } from "./testing/world.js";

const MESSAGES = 30;
/** How many seeds one test tries. */
const AT_ONCE = 25;
/** A seed takes some milliseconds; on a machine that does much else, more. */
const TIMEOUT_MS = 120_000;

/** Of `pnpm sim`: `--seed 17` runs that seed alone and prints what happened, `--seeds 5000` so many. */
const { SIM_SEED, SIM_SEEDS = "1000" } = process.env;
const seeds =
  SIM_SEED === undefined
    ? Array.from({ length: Number(SIM_SEEDS) }, (_, n) => n + 1)
    : [Number(SIM_SEED)];
const groups = Array.from({ length: Math.ceil(seeds.length / AT_ONCE) }, (_, n) =>
  seeds.slice(n * AT_ONCE, (n + 1) * AT_ONCE),
);

/** In every second world nobody is out of reach: there all that is lost can be had again. */
const isCalm = (seed: number) => seed % 2 === 0;

/** Lets tabs publish, lead, come, go, freeze and be parted, all by the seed, and then come to rest. */
async function run(seed: number, options: WorldOptions): Promise<World> {
  const random = randomOf(seed);
  const chance = (rate: number) => random() < rate;
  const trouble = (rate: number) => !isCalm(seed) && chance(rate);
  const world = new World(seed, options);
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
    if (trouble(0.05) && awake.length > 1) await world.freeze(life, chance(0.5));
    else if (chance(0.02) && awake.length > 1) world.crash(life);
    for (const frozen of world.withState("frozen")) if (chance(0.2)) world.thaw(frozen);
    if (chance(0.03)) await world.open(`late-${world.lives.length}`);
    if (life.state === "awake") {
      const burst = chance(0.2) ? 3 : 1;
      for (let n = 0; n < burst; n += 1) life.publish();
      published += burst;
    }
    for (const each of world.withState("awake")) each.act();
    await network.advance(chance(0.1) ? random() * 2_000 : random() * 40);
  }
  network.heal();
  for (const frozen of world.withState("frozen")) world.thaw(frozen);
  await network.advance(60_000);
  return world;
}

/** Fails with what was not as promised, and the command that replays it. */
async function check(
  seed: number,
  options: WorldOptions,
  violationsOf: (world: World) => readonly string[],
): Promise<void> {
  const world = await run(seed, options);
  const violations = violationsOf(world);
  if (SIM_SEED !== undefined) process.stdout.write(`${world.network.printTrace()}\n`);
  world.dispose();
  expect(violations, `Replay it with: pnpm sim --seed ${seed}`).toEqual([]);
}

describe("tabs on a network that loses, doubles, reorders and parts", {
  timeout: TIMEOUT_MS,
}, () => {
  it.each(groups)(
    "get each other's messages in order, once, or are told (from seed %i)",
    async (...group) => {
      for (const seed of group) {
        await check(seed, {}, (world) => [
          ...world.violations(),
          ...(isCalm(seed) ? world.needlessGaps() : []),
        ]);
      }
    },
  );

  it.each(groups)(
    "have one leader an epoch, and one in the end (from seed %i)",
    async (...group) => {
      for (const seed of group) await check(seed, {}, (world) => world.leaderViolations());
    },
  );

  it.each(groups)("lose nothing where there is a log (from seed %i)", async (...group) => {
    for (const seed of group) await check(seed, { hasLog: true }, (world) => world.violations());
  });
});
