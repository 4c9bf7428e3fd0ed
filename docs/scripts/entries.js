// What the API reference shows: each entry that the packages export, and its source.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/pnpm.js";

const manifests = ["core", "history", "cross-tab", "patterns"].map((name) => {
  const folder = join(root, "packages", name);
  return { folder, ...JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) };
});

/** The names of the packages. @type {string[]} */
export const packageNames = manifests.map(({ name }) => name);

/**
 * @typedef {object} Entry
 * @property {string} name as it is imported
 * @property {string} source the path of its file
 */

/** @type {Entry[]} */
export const entries = manifests.flatMap((manifest) =>
  Object.entries(manifest.exports).flatMap(([path, conditions]) => {
    const source = conditions["@pubsub-mfe/source"];
    // The broker is a script that a worker runs: nothing can be imported from it.
    if (source === undefined || path.endsWith(".js")) return [];
    const name = manifest.name + path.slice(1);
    // It has what its subpaths have, and nothing else.
    if (name === "@pubsub-mfe/patterns") return [];
    return { name, source: join(manifest.folder, source) };
  }),
);
