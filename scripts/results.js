// Reads what the test runners wrote, so that the numbers `npm test` prints are theirs.
import { existsSync, readFileSync } from "node:fs";

/**
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} skipped the names of the tests that did not run
 */

/**
 * Counts the tests of one report, of vitest or of Playwright. A test file that could not even be
 * loaded has no tests to count: it is one failure.
 *
 * @param {string} path
 * @returns {Count | undefined} nothing when no report was written, or none that can be read
 */
export function countResults(path) {
  if (!existsSync(path)) return undefined;
  try {
    const report = JSON.parse(readFileSync(path, "utf8"));
    return report.testResults ? countVitest(report) : countPlaywright(report);
  } catch {
    return undefined;
  }
}

/**
 * @param {{ testResults: { status: string, assertionResults: { status: string, fullName: string }[] }[] }} report
 * @returns {Count}
 */
function countVitest({ testResults }) {
  const tests = testResults.flatMap((file) => file.assertionResults);
  const notLoaded = testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  const failed = tests.filter(({ status }) => status === "failed").length;
  return {
    passed: tests.filter(({ status }) => status === "passed").length,
    failed: failed + notLoaded.length,
    skipped: tests
      .filter(({ status }) => status !== "passed" && status !== "failed")
      .map(({ fullName }) => fullName),
  };
}

/**
 * @typedef {object} Suite
 * @property {Suite[]} [suites]
 * @property {{ title: string, tests: { status: string }[] }[]} specs
 */

/**
 * @param {{ suites: Suite[], errors: unknown[] }} report
 * @returns {Count}
 */
function countPlaywright({ suites, errors }) {
  const specs = suites.flatMap(allSpecs);
  /** @param {string} wanted */
  const having = (wanted) =>
    specs.flatMap(({ title, tests }) =>
      tests.filter(({ status }) => status === wanted).map(() => title),
    );
  return {
    passed: having("expected").length,
    // A flaky test failed once: that is a bug to find.
    failed: having("unexpected").length + having("flaky").length + errors.length,
    skipped: having("skipped"),
  };
}

/**
 * @param {Suite} suite
 * @returns {Suite["specs"]}
 */
function allSpecs(suite) {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(allSpecs)];
}
