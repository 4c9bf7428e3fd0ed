// `pnpm bench [bus|history|tabs|patterns|demo]`: measures what the packages publish, in Node and in
// Chromium, beside their peers, and writes results/<area>.json and RESULTS.md. Build first.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright";
import { browserPath } from "../scripts/browser.js";
import { measureDemo } from "./demo.js";
import { exposeMainThread } from "./main-thread.js";
import { serve } from "./serve.js";
import { writeSummary } from "./summary.js";
import { measureTabs } from "./tabs.js";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Peers that are CommonJS ask for modules of Node. @type {import("esbuild").BuildOptions} */
const forNode = {
  platform: "node",
  banner: {
    js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`,
  },
};
/** In Chromium they get what qlobber and opossum need of them. @type {import("esbuild").BuildOptions} */
const forChromium = {
  plugins: [
    {
      name: "node-modules",
      setup({ onLoad, onResolve, resolve }) {
        onResolve({ filter: /^events$/ }, () =>
          resolve("eventemitter3", { kind: "require-call", resolveDir: folder }),
        );
        onResolve({ filter: /^(assert|stream|util)$/ }, ({ path }) => ({
          path,
          namespace: "node",
        }));
        onLoad({ filter: /./, namespace: "node" }, () => ({
          contents: `exports.inherits = (child, parent) => Object.setPrototypeOf(child.prototype, parent.prototype);
            exports.Readable = exports.Writable = class {};`,
        }));
      },
    },
  ],
};

const SQLITE = ["--enable-features=IdbSqliteBackingStore"];
const AREAS = ["bus", "history", "tabs", "patterns", "demo"];

const asked = process.argv.slice(2);
const unknown = asked.filter((area) => !AREAS.includes(area));
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(", ")}: choose from ${AREAS.join(", ")}.`);
  process.exit(1);
}

// Memory can be measured only when garbage can be collected.
if (!globalThis.gc) {
  const { status } = spawnSync(process.execPath, ["--expose-gc", ...process.argv.slice(1)], {
    stdio: "inherit",
  });
  process.exit(status ?? 1);
}

let browserVersion = "";
for (const area of asked.length > 0 ? asked : AREAS) {
  console.log(`\n${area}`);
  const results = await measure(area);
  const report = {
    area,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`,
    versions: { node: process.versions.node, chromium: browserVersion, ...packageVersions() },
    results,
  };
  writeFileSync(join(folder, "results", `${area}.json`), `${JSON.stringify(report, null, 2)}\n`);
  print(results);
}
writeSummary(folder, AREAS);

/** @param {string} area */
async function measure(area) {
  if (area === "tabs") return { chromium: await inTabs() };
  if (area !== "demo") return await inBoth(area);
  const { results, version } = await measureDemo();
  browserVersion = version;
  return { chromium: results };
}

/** @param {string} area */
async function inBoth(area) {
  const forPage = await bundle("src/entry.ts", area, forChromium);
  return {
    node: await inNode(await bundle("src/entry.ts", area, forNode)),
    chromium: await inChromium(forPage),
    // The second of the two things that Chromium can build IndexedDB on.
    ...(area === "history" && { "chromium, SQLite": await inChromium(forPage, SQLITE) }),
  };
}

async function inTabs() {
  const [page, tab, worker] = await Promise.all(
    ["src/entry.ts", "src/tabs/other-tab.ts", "src/tabs/worker.ts"].map((entry) =>
      bundle(entry, "tabs", forChromium),
    ),
  );
  const { results, version } = await measureTabs({
    "/bench.js": page ?? "",
    "/other-tab.js": tab ?? "",
    "/worker.js": worker ?? "",
  });
  browserVersion = version;
  return results;
}

/** @param {string} entry @param {string} area @param {import("esbuild").BuildOptions} options */
async function bundle(entry, area, options) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, entry)],
    alias: { "bench:area": join(folder, `src/${area}.bench.ts`) },
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    write: false,
    ...options,
  });
  return outputFiles?.[0]?.text ?? "";
}

/** @param {string} code */
async function inNode(code) {
  const temporary = mkdtempSync(join(folder, ".run-"));
  try {
    const file = join(temporary, "bench.mjs");
    writeFileSync(file, code);
    const { runHere } = await import(pathToFileURL(file).href);
    return await runHere("node");
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/**
 * From a server, for a page without an origin has no storage; with a profile of its own, for without
 * one storage is in memory.
 *
 * @param {string} code @param {readonly string[]} flags
 */
async function inChromium(code, flags = []) {
  const server = await serve({ "/bench.js": code });
  const profile = mkdtempSync(join(tmpdir(), "bench-"));
  const executablePath = browserPath();
  const context = await chromium.launchPersistentContext(profile, {
    args: [...flags],
    ...(executablePath && { executablePath }),
  });
  try {
    browserVersion = context.browser()?.version() ?? "";
    const page = await context.newPage();
    await exposeMainThread(page);
    await page.goto(server.url);
    return await page.evaluate(async () => {
      const address = "/bench.js";
      return (await import(address)).runHere("chromium");
    });
  } finally {
    await context.close();
    server.close();
    rmSync(profile, { recursive: true });
  }
}

function packageVersions() {
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return Object.fromEntries(
    Object.entries(dependencies).filter(([, version]) => !String(version).startsWith("workspace:")),
  );
}

/** @param {Record<string, (import("./src/measure.js").Result | import("./src/measure.js").FigureResult)[]>} results */
function print(results) {
  for (const [where, list] of Object.entries(results)) {
    for (const result of list) {
      console.log(`  ${result.title} (${where})`);
      const lines =
        "unit" in result
          ? result.contenders.map(({ name, value }) => [name, `${value.toFixed(1)} ${result.unit}`])
          : result.contenders.map(({ name, medianNs, ratio }) => [
              name,
              `${medianNs.toFixed(0).padStart(9)} ns  × ${ratio.toFixed(2)}`,
            ]);
      for (const [name = "", value] of lines) console.log(`    ${name.padEnd(44)} ${value}`);
    }
  }
}
