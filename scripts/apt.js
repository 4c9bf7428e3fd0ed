// Installs Debian's packages, where that can be done without asking anybody.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const canInstall =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  existsSync("/etc/os-release") &&
  /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));

/**
 * @param {...string} names
 * @returns {boolean} whether they are installed now; false also elsewhere than on Debian as root
 */
export function aptInstall(...names) {
  if (!canInstall) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return [["update"], ["install", "-y", "--no-install-recommends", ...names]].every(
    (args) => spawnSync("apt-get", args, { env, stdio: "ignore" }).status === 0,
  );
}
