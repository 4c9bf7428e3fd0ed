// The oldest core that a dependent says it works with: the floor of its peer range. Its tarball is
// kept from the release on, so that the dependents' tests can go on running against it.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pnpm, root } from "./pnpm.js";

const CORE = "@pubsub-mfe/core";
const kept = join(root, "integration", "release", "floors");
const unpacked = join(root, "node_modules", ".floor");

/**
 * Which core each dependent must still work with.
 *
 * @param {string} [packages] the folder that the packages are in
 * @returns {Map<string, string[]>} the folders of the dependents, by the version of core
 */
export function floors(packages = join(root, "packages")) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const folder of readdirSync(packages).sort()) {
    const { name, peerDependencies = {} } = readManifest(join(packages, folder));
    const range = peerDependencies[CORE];
    if (range === undefined) continue;
    const floor = /^\^(\d+\.\d+\.\d+)$/.exec(range)?.[1];
    if (!floor) {
      throw new Error(`${name} asks for ${CORE} "${range}": write a range like ^1.0.0.`);
    }
    found.set(floor, [...(found.get(floor) ?? []), folder]);
  }
  return found;
}

/** The version of core that is here. */
export function coreVersion() {
  return readManifest(join(root, "packages", "core")).version;
}

/** Where a floor is unpacked for the tests that run against it. @param {string} version */
export function floorFolder(version) {
  return join(unpacked, version);
}

/**
 * The tarball of a floor: the one that is kept, or, as long as this version has not been released,
 * one that is packed now.
 *
 * @param {string} version
 * @param {string} [keptIn]
 * @param {string} [current] the version of core that is here
 */
export function floorTarball(version, keptIn = kept, current = coreVersion()) {
  const file = join(keptIn, fileName(version));
  if (existsSync(file)) return file;
  if (version === current) return packCore(version);
  throw new Error(
    `A peer range begins with ${CORE} ${version}, which is not here: npm pack ${CORE}@${version} --pack-destination ${keptIn}`,
  );
}

/**
 * After a release: keeps the tarballs of all floors, and no others.
 *
 * @param {Iterable<string>} [versions]
 * @param {string} [keptIn]
 * @param {string} [current] the version of core that is here
 */
export function keepFloors(versions = floors().keys(), keptIn = kept, current = coreVersion()) {
  mkdirSync(keptIn, { recursive: true });
  const files = new Set();
  for (const version of versions) {
    files.add(fileName(version));
    const tarball = floorTarball(version, keptIn, current);
    const target = join(keptIn, fileName(version));
    if (tarball !== target) copyFileSync(tarball, target);
  }
  for (const file of readdirSync(keptIn)) if (!files.has(file)) rmSync(join(keptIn, file));
}

/** @param {string} version */
function fileName(version) {
  return `pubsub-mfe-core-${version}.tgz`;
}

/** @param {string} version */
function packCore(version) {
  const [program = "", ...args] = pnpm("--filter", CORE, "pack", "--pack-destination", unpacked);
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${CORE} could not be packed:\n${stdout}${stderr}`);
  return join(unpacked, fileName(version));
}

/** @param {string} folder */
function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
