// Runs the simulations over many seeds, or replays one of them and prints what happened:
//
//   pnpm sim --seeds 5000
//   pnpm sim --seed 17
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { pnpm, root } from "./pnpm.js";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "3000" }, seed: { type: "string" } },
});
const env = {
  ...process.env,
  SIM_SEEDS: values.seeds,
  ...(values.seed !== undefined && { SIM_SEED: values.seed }),
};
const [program = "", ...args] = pnpm("exec", "vitest", "run", "--project", "unit", "simulation");
const { status } = spawnSync(program, args, {
  cwd: root,
  env,
  stdio: "inherit",
  shell: process.platform === "win32",
});
process.exit(status ?? 1);
