import { existsSync } from "node:fs";
import { join } from "node:path";
import { pnpm, root } from "../../scripts/pnpm.js";
import { readManifest } from "./manifest.js";
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
