import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { TestProject } from "vitest/node";
import { floorFolder, floorTarball } from "../../scripts/floors.js";
import { extract } from "../release/packed.js";

export async function setup({ name }: TestProject): Promise<void> {
  const version = name.replace("floor-", "");
  const folder = floorFolder(version);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  await extract(floorTarball(version), folder);
}
