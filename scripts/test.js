// `npm test`: installs what is needed, runs every check and every test, and sums the results up.
import { install, pnpm, root } from "./pnpm.js";
import { Stages } from "./stages.js";

/** @param {string} line */
const say = (line) => console.log(line);

say("Installing what is missing.");
install();

const stages = new Stages(root);
const { findBrowser } = await import("./browser.js");
const browser = await findBrowser(say);
if (browser) {
  process.env.BROWSER_PATH = browser;
  say(`Chromium: ${browser}`);
} else {
  stages.failed += 1;
  stages.reasons.push(
    "browser: none was found. Install Chrome, or set BROWSER_PATH to a Chromium that starts.",
  );
}
const { findOtherEngines, otherEngines } = await import("./engines.js");
stages.skipped.push(...findOtherEngines());

/** Through pnpm, which turbo looks for on the PATH. @param {string} task */
const turbo = (task) => pnpm("exec", "turbo", "run", task, "--output-logs=new-only");

/** @param {string} name of the stage @param {string[]} projects or patterns of some; its name, if none */
const vitest = (name, ...projects) => ({
  name,
  command: [
    ...["vitest", "run", "--reporter=default", "--reporter=json"],
    ...(projects.length > 0 ? projects : [name]).flatMap((project) => ["--project", project]),
    `--outputFile.json=${stages.report(name)}`,
  ],
  reports: true,
});

// All of them, so that a wrong comma does not hide a broken test; and one after the other, so that
// two browsers never share two cores.
await stages.run({ name: "extract docs", command: ["node", "scripts/docs.js"] });
await stages.run({ name: "examples", command: ["node", "scripts/examples.js"] });
await stages.run({ name: "lint", command: ["biome", "check", "--error-on-warnings", "."] });
await stages.run({ name: "types", command: ["tsc", "-p", "tsconfig.json"] });
const documented = "packages/patterns/tsconfig.documented-page.json";
await stages.run({ name: "types, page", command: ["tsc", "-p", documented] });
await stages.run({ name: "types, examples", command: ["tsc", "-p", "tsconfig.examples.json"] });
await stages.run({ name: "knip", command: ["knip"] });
await stages.run({ name: "build", command: turbo("build") });
await stages.run({ name: "packages", command: turbo("package") });
await stages.run({ name: "size", command: ["size-limit"] });
await stages.run(vitest("unit"));
// The last of them mostly wait, beside those that compute.
await stages.run(vitest("floors, docs, scripts", "floor-*", "docs", "scripts"));
if (browser) {
  await stages.run(vitest("chromium"));
  await stages.run(vitest("chromium-sqlite"));
}
for (const { name } of otherEngines()) await stages.run(vitest(name));
await stages.run(vitest("release"));
if (browser) await stages.run(vitest("site"));
if (browser) await stages.run(vitest("loaders"));
if (browser) await stages.run({ name: "e2e", command: ["playwright", "test"], reports: true });

if (stages.skipped.length > 0) say(`\nSkipped:\n  ${stages.skipped.join("\n  ")}`);
if (stages.passed === 0) stages.reasons.push("no test ran");
if (stages.reasons.length > 0) say(`\nFailed:\n  ${stages.reasons.join("\n  ")}`);
say(`\n${stages.passed} passed, ${stages.failed} failed`);
if (stages.failed > 0 || stages.passed === 0) process.exitCode = 1;
