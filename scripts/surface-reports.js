// The public surface of a package, from its built declarations.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { CompilerState, Extractor, ExtractorConfig } from "@microsoft/api-extractor";

/**
 * Writes a report of each entry of a package.
 *
 * @param {string} packageFolder
 * @param {string} target the folder for the reports; what was in it is gone
 */
export function writeReports(packageFolder, target) {
  const all = entries(packageFolder);
  const files = all.map(({ declarations }) => declarations);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  /** One program serves all entries. @type {CompilerState | undefined} */
  let compilerState;
  for (const { report, declarations } of all) {
    const config = configure(packageFolder, declarations, files, target, report);
    compilerState ??= CompilerState.create(config, { additionalEntryPoints: files });
    const { succeeded } = Extractor.invoke(config, {
      compilerState,
      localBuild: true,
      messageCallback: (message) => {
        message.handled = true;
        if (message.logLevel === "error") throw new Error(`${declarations}: ${message.text}`);
      },
    });
    if (!succeeded) throw new Error(`No report could be made of ${declarations}.`);
    const file = join(target, `${report}.api.md`);
    // Neither whether there is a comment nor how a type is imported is part of what it does.
    const text = readFileSync(file, "utf8")
      .replace(/^ *\/\/ \(undocumented\)\n/gm, "")
      .replaceAll(" (undocumented)\n", "\n")
      .replace(/^import type /gm, "import ");
    writeFileSync(file, text);
  }
  rmSync(join(target, "temp"), { recursive: true, force: true });
}

/**
 * Compares what is built with the reports in the folder `api` of a package.
 *
 * @param {string} packageFolder
 * @returns {string} what git says to it; nothing when they are the same
 */
export function differences(packageFolder) {
  const scratch = mkdtempSync(join(tmpdir(), "pubsub-mfe-surface-"));
  try {
    const built = join(scratch, "api");
    writeReports(packageFolder, built);
    const committed = join(packageFolder, "api");
    const options = ["--no-index", "--no-color", "--ignore-cr-at-eol"];
    const paths = [existsSync(committed) ? committed : devNull, built];
    return spawnSync("git", ["diff", ...options, ...paths], { encoding: "utf8" }).stdout;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** What "exports" names. @param {string} packageFolder */
function entries(packageFolder) {
  const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === "object")
    .map(([subpath, { types }]) => ({
      report: subpath === "." ? "index" : subpath.slice(2).replaceAll("/", "."),
      declarations: join(packageFolder, types),
    }));
}

/**
 * @param {string} packageFolder
 * @param {string} entry
 * @param {string[]} files
 * @param {string} target
 * @param {string} report
 */
function configure(packageFolder, entry, files, target, report) {
  /** @type {import("@microsoft/api-extractor").IConfigMessageReportingTable} */
  const silent = { default: { logLevel: /** @type {never} */ ("none") } };
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: packageFolder,
      mainEntryPointFilePath: entry,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "es2022",
            lib: ["es2023", "esnext.disposable", "dom", "dom.iterable"],
            module: "esnext",
            moduleResolution: "bundler",
            strict: true,
            skipLibCheck: true,
            types: [],
          },
          files,
        },
      },
      newlineKind: "lf",
      apiReport: {
        enabled: true,
        // What can be reached without a name of its own changes for the caller all the same.
        includeForgottenExports: true,
        reportFileName: report,
        reportFolder: target,
        reportTempFolder: join(target, "temp"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: /** @type {never} */ ("error") } },
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(packageFolder, "package.json"),
  });
}
