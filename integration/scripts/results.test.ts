import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { countResults } from "../../scripts/results.js";

describe("countResults", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pubsub-mfe-results-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function report(content: unknown): string {
    const path = join(folder, "report.json");
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  it("counts the tests of vitest, and a file that did not load as one failure", () => {
    const path = report({
      testResults: [
        {
          status: "failed",
          assertionResults: [
            { status: "passed", fullName: "a" },
            { status: "failed", fullName: "b" },
            { status: "skipped", fullName: "c" },
            { status: "todo", fullName: "d" },
          ],
        },
        { status: "failed", assertionResults: [] },
        { status: "passed", assertionResults: [{ status: "passed", fullName: "e" }] },
      ],
    });

    expect(countResults(path)).toEqual({ passed: 2, failed: 2, skipped: ["c", "d"] });
  });

  it("counts the tests of Playwright in nested suites, and flaky ones as failed", () => {
    const spec = (title: string, status: string) => ({ title, tests: [{ status }] });
    const path = report({
      errors: [{ message: "the server did not start" }],
      suites: [
        {
          specs: [spec("a", "expected")],
          suites: [{ specs: [spec("b", "flaky"), spec("c", "skipped")] }],
        },
        { specs: [spec("d", "unexpected"), spec("e", "expected")] },
      ],
    });

    expect(countResults(path)).toEqual({ passed: 2, failed: 3, skipped: ["c"] });
  });

  it("knows nothing of a report that is missing or cut off", () => {
    expect(countResults(join(folder, "none.json"))).toBeUndefined();
    expect(countResults(report('{ "testResults": ['))).toBeUndefined();
  });
});
