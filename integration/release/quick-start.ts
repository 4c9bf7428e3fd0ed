import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../../scripts/pnpm.js";

/** What a reader of the quick start has done after one of its sections. */
export interface Step {
  readonly title: string;
  /** The files that the section has written, by their path. */
  readonly files: ReadonlyMap<string, string>;
}

/** The sections of docs/quick-start.md that write files: blocks with `file=`. */
export function readQuickStart(): Step[] {
  const text = readFileSync(join(root, "docs/quick-start.md"), "utf8");
  const [, ...sections] = text.split(/^## /m);
  return sections
    .map((section) => ({
      title: section.slice(0, section.indexOf("\n")),
      files: new Map(
        Array.from(
          section.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```$/gm),
          ([, path = "", code = ""]) => [path, code] as const,
        ),
      ),
    }))
    .filter(({ files }) => files.size > 0);
}

/** Does what a section says. */
export function take(step: Step, folder: string): void {
  for (const [path, code] of step.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), code);
  }
}
