// Runs the pnpm that "packageManager" in package.json names, on a machine that has only Node and
// npm. Everything here uses Node built-ins, because nothing is installed yet.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const root = fileURLToPath(new URL("..", import.meta.url));

const { packageManager, engines } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));

/** A command line of the pinned pnpm, which npx fetches the first time. @param {string[]} args */
export const pnpm = (...args) => ["npx", "--yes", "--prefer-offline", packageManager, ...args];

/**
 * Installs the dependencies exactly as locked. Takes a second when nothing changed. Ends the process
 * where that cannot work, with the reason.
 */
export function install() {
  const oldest = engines.node.replace(">=", "");
  if (isOlder(process.versions.node, oldest)) {
    console.error(
      `Node ${process.versions.node} is too old: this repository needs ${oldest} or newer. Get it from https://nodejs.org and try again.`,
    );
    process.exit(1);
  }
  const [program = "", ...args] = pnpm("install", "--frozen-lockfile", "--prefer-offline");
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, npm_config_update_notifier: "false" },
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  console.error(`${stdout}${stderr}`);
  console.error(
    `${packageManager} could not install the dependencies; its reasons are above. Is the npm registry within reach?`,
  );
  process.exit(1);
}

/** @param {string} version @param {string} limit */
function isOlder(version, limit) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [limitMajor = 0, limitMinor = 0] = limit.split(".").map(Number);
  return major < limitMajor || (major === limitMajor && minor < limitMinor);
}
