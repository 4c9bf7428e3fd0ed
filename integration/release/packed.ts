import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pnpm, root } from "../../scripts/pnpm.js";
import { type Manifest, readManifest } from "./manifest.js";
import { run } from "./run.js";

/** The folders in `packages/` of what is published. */
export const published = ["core", "cross-tab", "history", "patterns"] as const;

export type Published = (typeof published)[number];

/**
 * Packs what is published.
 *
 * @param folder - where the tarballs go
 * @returns the path of each tarball
 */
export async function packAll(folder: string): Promise<Record<Published, string>> {
  for (const name of published) {
    if (existsSync(join(root, "packages", name, "dist", "index.js"))) continue;
    throw new Error(`packages/${name} is not built. Run "npm run build" in the repository first.`);
  }
  await run(pnpm("--filter", "./packages/*", "pack", "--pack-destination", folder), root);
  const tarball = (name: Published): string => {
    const { version } = readManifest(join(root, "packages", name));
    return join(folder, `pubsub-mfe-${name}-${version}.tgz`);
  };
  return {
    core: tarball("core"),
    "cross-tab": tarball("cross-tab"),
    history: tarball("history"),
    patterns: tarball("patterns"),
  };
}

/** Extracts a tarball, without the folder that all its files are in. @returns the new folder */
export async function extract(tarball: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await run(["tar", "-xzf", tarball, "-C", folder, "--strip-components", "1"], folder);
  return folder;
}

/**
 * Makes the tarball of another version of a package.
 *
 * @param folder - an empty one
 * @param changes - what its package.json says instead
 * @returns the path of the tarball
 */
export async function repack(
  tarball: string,
  folder: string,
  changes: Partial<Manifest>,
): Promise<string> {
  const contents = await extract(tarball, join(folder, "package"));
  const manifest = { ...readManifest(contents), ...changes };
  writeFileSync(join(contents, "package.json"), JSON.stringify(manifest));
  const target = join(folder, `${manifest.version}.tgz`);
  await run(["tar", "-czf", target, "-C", folder, "package"], folder);
  return target;
}
