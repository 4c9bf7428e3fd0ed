import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";
import { floorTarball } from "../../scripts/floors.js";
import { root } from "../../scripts/pnpm.js";
import { extract } from "../release/packed.js";

/** Where the core that a project of vitest runs against lies. */
export function floorFolder(version: string): string {
  return join(root, "node_modules", ".floor", version);
}

export async function setup({ name }: TestProject): Promise<void> {
  const version = name.replace("floor-", "");
  const folder = floorFolder(version);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  await extract(floorTarball(version), folder);
}
