// The packages as they would be published, and the projects of those who install them: made once
// for all tests of what is released.
import type { TestProject } from "vitest/node";
import { ConsumerProject } from "./consumer-project.js";
import { type Published, packAll } from "./packed.js";
import { TemporaryFolders } from "./temporary-folders.js";

/** What one project may install of ours. */
export const combinations = {
  "core alone": ["core"],
  "core and cross-tab": ["core", "cross-tab"],
  "core and history": ["core", "history"],
  "core and patterns": ["core", "patterns"],
  "all packages": ["core", "cross-tab", "history", "patterns"],
} as const satisfies Record<string, readonly Published[]>;

export type Combination = keyof typeof combinations;

declare module "vitest" {
  export interface ProvidedContext {
    /** The path of each tarball. */
    tarballs: Readonly<Record<Published, string>>;
    /** The folder of the project that has just these packages, and what they bring. */
    consumers: Readonly<Record<Combination, string>>;
  }
}

const temporary = new TemporaryFolders();

export async function setup(project: TestProject): Promise<void> {
  const tarballs = await packAll(temporary.create("tarballs"));
  const folders = await Promise.all(
    Object.entries(combinations).map(async ([combination, names]) => {
      const folder = temporary.create("consumer");
      const files = names.map((name) => tarballs[name]);
      await ConsumerProject.install(folder, files);
      return [combination, folder] as const;
    }),
  );
  project.provide("tarballs", tarballs);
  project.provide("consumers", Object.fromEntries(folders) as Record<Combination, string>);
}

export function teardown(): void {
  temporary.removeAll();
}
