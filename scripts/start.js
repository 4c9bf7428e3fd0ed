// `npm start`: installs what is needed, builds everything, and serves the built demo.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { freePort } from "./free-port.js";
import { install, pnpm, root } from "./pnpm.js";

console.log("Installing what is missing.");
install();

console.log("Building the packages and the demo.");
// Through pnpm, which turbo looks for on the PATH.
const [program = "", ...args] = pnpm(
  ...["exec", "turbo", "run", "build", "--filter=demo-shell", "--output-logs=errors-only"],
);
const build = spawnSync(program, args, {
  cwd: root,
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  encoding: "utf8",
  shell: process.platform === "win32",
});
if (build.status !== 0) {
  console.error(`${build.stdout}${build.stderr}`);
  console.error("The build failed; its reasons are above.");
  process.exit(1);
}

const wanted = Number(process.env.PORT ?? 4173);
const port = await freePort(wanted);
if (port !== wanted) console.log(`Port ${wanted} is in use; taking ${port}.`);

const { preview } = await import("vite");
await preview({
  root: join(root, "apps/demo-shell"),
  preview: { port, strictPort: true, host: "localhost" },
});
console.log(`\nThe demo shell is at http://localhost:${port}/\nCtrl-C ends it.`);
