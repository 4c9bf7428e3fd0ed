// Finds the Markdown files that are written by hand: not what is installed, built or generated.
import { readdirSync } from "node:fs";
import { join } from "node:path";

const SKIPPED = new Set([
  "node_modules",
  "dist",
  "coverage",
  "reports",
  "test-results",
  "CHANGELOG.md",
  ".git",
  ".docs",
  ".changeset",
  ".vitepress",
  "api",
]);

/** @param {string} root @returns {string[]} paths, sorted */
export function documentsOf(root) {
  /** @param {string} folder @returns {string[]} */
  const walk = (folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !SKIPPED.has(name))
      .flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return walk(path);
        return entry.name.endsWith(".md") ? [path] : [];
      });
  return walk(root).sort();
}
