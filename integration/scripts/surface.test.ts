import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differences, writeReports } from "../../scripts/surface-reports.js";

const declarations = `
import type { URL } from "node:url";
interface Options {
  readonly limit?: number;
  readonly from?: URL;
}
/** Counts. */
export declare class Counter {
  #private;
  private secret;
  constructor(options?: Options);
  count(): number;
}
`;

describe("the report of a package's public surface", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pubsub-mfe-surface-"));
    mkdirSync(join(folder, "dist"));
    build({ index: declarations });
    writeReports(folder, join(folder, "api"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  function build(entries: Record<string, string>): void {
    const exports = Object.keys(entries).map((name) => [
      name === "index" ? "." : `./${name}`,
      { types: `./dist/${name}.d.ts` },
    ]);
    const manifest = { name: "counter", version: "1.0.0", exports: Object.fromEntries(exports) };
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    for (const [name, code] of Object.entries(entries)) {
      writeFileSync(join(folder, "dist", `${name}.d.ts`), code);
    }
  }

  it("says what others can use or reach, and nothing private", () => {
    const report = readFileSync(join(folder, "api/index.api.md"), "utf8");

    expect(report).toContain("export class Counter {\n    constructor(options?: Options);");
    expect(report).toContain("count(): number;");
    expect(report).toContain("\n    readonly limit?: number;\n");
    expect(report).not.toMatch(/private|secret|undocumented/);
  });

  it("does not change with comments, nor with how a type is imported", () => {
    build({
      index: declarations
        .replace("import type", "import")
        .replace("count()", "/** How many. */ count()"),
    });

    expect(differences(folder)).toBe("");
  });

  it("differs when a type does, or an entry is new", () => {
    build({ index: declarations.replace("limit?", "limit"), more: declarations });

    const changes = differences(folder);
    expect(changes).toContain("\n-    readonly limit?: number;\n+    readonly limit: number;\n");
    expect(changes).toContain("api/more.api.md");
  });
});
