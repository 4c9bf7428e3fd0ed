import { playwright } from "@vitest/browser-playwright";
import { defaultClientConditions, defaultServerConditions } from "vite";
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { compileSvelte } from "./examples/svelte-plugin.js";
import { browserPath } from "./scripts/browser.js";
import { otherEngines } from "./scripts/engines.js";
import { coreVersion, floorFolder, floors } from "./scripts/floors.js";

const source = "@pubsub-mfe/source";
const executablePath = browserPath();

const tests = ["packages/*/src/**/*.test.ts"];
const scriptTests = ["integration/scripts/*.test.ts"];
/** These run both in browsers and beside the unit tests. */
const exampleTests = ["examples/*/*.browser.test.ts"];
const bindingTests = ["examples/bindings/*.test.{ts,tsx}"];
const browserTests = [
  "packages/*/src/**/*.browser.test.ts",
  "integration/*.browser.test.ts",
  ...exampleTests,
];
const databaseTests = ["packages/history/src/**/*.browser.test.ts"];
// What needs Chromium's own protocol, or measures what is its alone.
const chromiumTests = ["packages/*/src/**/*.chromium.test.ts"];

// A core that is here has had all others among the unit tests; these show that the way works.
const floorSamples = [
  "packages/history/src/history-adapter.test.ts",
  "packages/cross-tab/src/{cross-tab-adapter,repair}.test.ts",
  "packages/patterns/src/{aggregator/aggregator,saga/saga,circuit-breaker/execute}.test.ts",
];

/** They take long: begun last, as small files are, they would have the other worker wait. */
const longest = /\/(simulation|stages)\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification) => Number(longest.test(moduleId));
    return (await super.sort(files)).sort((a, b) => isLongest(b) - isLongest(a));
  }
}

/** The unit tests of the packages that say they work with this version of core, against it. */
function againstFloor(version: string, dependents: string[]): TestProjectInlineConfiguration {
  const dist = `${floorFolder(version)}/dist`;
  return {
    extends: true,
    resolve: {
      alias: [
        { find: /^@pubsub-mfe\/core$/, replacement: `${dist}/index.js` },
        { find: /^@pubsub-mfe\/core\/(.+)$/, replacement: `${dist}/$1.js` },
      ],
    },
    test: {
      name: `floor-${version}`,
      server: { deps: { inline: [/\/\.floor\//] } },
      maxWorkers: 2,
      testTimeout: 20_000,
      globalSetup: ["integration/floor/extract.ts"],
      include: [
        "integration/floor/*.test.ts",
        ...(version === coreVersion()
          ? floorSamples
          : dependents.map((name) => `packages/${name}/src/**/*.test.ts`)),
      ],
      exclude: [...configDefaults.exclude, ...browserTests, ...chromiumTests],
    },
  };
}

/** Real browsers run one after the other, after the unit tests. */
function inBrowser(
  name: string,
  include: string[],
  order: number,
  browser: object,
): TestProjectInlineConfiguration {
  return {
    extends: true,
    // A dependency found late reloads the page in the middle of a test.
    optimizeDeps: { entries: include },
    test: {
      name,
      include,
      sequence: { groupOrder: order },
      globalSetup: ["integration/copies/serve.ts"],
      browser: { enabled: true, headless: true, screenshotFailures: false, ...browser },
    },
  };
}

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    restoreMocks: true,
    sequence: { sequencer: LongestFirst },
    setupFiles: ["vitest.setup.ts"],
    coverage: { include: ["packages/*/src/**"], exclude: ["**/*.test.ts", "**/fixtures/**"] },
    projects: [
      {
        extends: true,
        plugins: [compileSvelte()],
        test: {
          name: "unit",
          // Those that need a page say so: to make one takes longer than most files do.
          environment: "node",
          // Or Node would take its build for servers.
          server: { deps: { inline: ["svelte"] } },
          maxWorkers: 2,
          // Some try hundreds of courses, and share two cores with the other worker.
          testTimeout: 20_000,
          include: [...tests, ...exampleTests, ...bindingTests, "apps/*/{src,mfe}/**/*.test.ts"],
          exclude: [
            ...configDefaults.exclude,
            ...browserTests.filter((pattern) => !exampleTests.includes(pattern)),
            ...chromiumTests,
          ],
        },
      },
      {
        extends: true,
        test: { name: "scripts", include: scriptTests, maxWorkers: 2 },
      },
      {
        extends: true,
        test: {
          name: "docs",
          environment: "happy-dom",
          include: [".docs/**/*.test.ts"],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        // They install packages and run changesets: minutes on a slow disk, and nothing to share.
        test: {
          name: "release",
          include: ["integration/release/*.test.ts"],
          globalSetup: ["integration/release/consumers.ts"],
          // npm waits for the disk more than it computes.
          maxWorkers: 2,
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        // The built documentation, in a browser that they drive themselves.
        test: {
          name: "site",
          include: ["integration/site/*.test.ts"],
          testTimeout: 60_000,
          maxConcurrency: 3,
        },
      },
      {
        extends: true,
        // They build bundles, and drive a browser of their own.
        test: { name: "loaders", include: ["integration/loaders/*.test.ts"], testTimeout: 60_000 },
      },
      ...Array.from(floors(), ([version, dependents]) => againstFloor(version, dependents)),
      inBrowser("chromium", [...browserTests, ...chromiumTests], 1, {
        provider: playwright({ launchOptions: { ...(executablePath && { executablePath }) } }),
        instances: [{ browser: "chromium" }],
      }),
      // The other thing that Chromium can build IndexedDB on.
      inBrowser("chromium-sqlite", databaseTests, 2, {
        provider: playwright({
          launchOptions: {
            args: ["--enable-features=IdbSqliteBackingStore"],
            ...(executablePath && { executablePath }),
          },
        }),
        instances: [{ browser: "chromium" }],
      }),
      ...otherEngines().map((provider, n) =>
        inBrowser(provider.name, browserTests, 3 + n, {
          provider,
          instances: [{ browser: provider.name }],
        }),
      ),
    ],
  },
});
