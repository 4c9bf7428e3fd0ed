// Bundles the package as teams do who know nothing of each other: each installs it, and builds with
// a bundler and settings of its own.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import * as vite from "vite";
import { root } from "../../scripts/pnpm.js";

const core = join(root, "packages", "core");
const run = promisify(execFile);

/** What the microfrontends use, and the tests call. */
const program = 'export { copies, joinPubSub } from "@pubsub-mfe/core";';

/** @returns the code of each script, by its file name */
export async function buildBundles(): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "copies-"));
  try {
    const [current, newer, incompatible] = await Promise.all([
      install(join(folder, "current"), "1.0.0"),
      install(join(folder, "newer"), "1.7.0"),
      install(join(folder, "incompatible"), "2.0.0", { protocolMajor: 2 }),
    ]);
    const scripts = {
      "cart.js": withEsbuild(current, { format: "esm", minify: true }),
      "checkout.js": withVite(current),
      "banner.js": withEsbuild(current, { format: "iife", globalName: "banner", minify: true }),
      "search.js": withEsbuild(newer, { format: "esm", minify: true, target: "es2020" }),
      "future.js": withVite(incompatible),
      "driver.js": withEsbuild(join(root, "integration", "copies", "driver.ts"), {
        format: "iife",
      }),
    };
    const built = Object.entries(scripts).map(async ([name, code]) => [name, await code] as const);
    return new Map(await Promise.all(built));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Builds a version of the package, as a release does, and lays it down where a bundler finds it.
 *
 * @returns the program that imports it
 */
async function install(
  folder: string,
  version: string,
  { protocolMajor = 1 } = {},
): Promise<string> {
  const scope = join(folder, "node_modules", "@pubsub-mfe");
  const target = join(folder, "core");
  await mkdir(scope, { recursive: true });
  await cp(join(core, "src"), join(target, "src"), { recursive: true });
  const manifest = JSON.parse(await readFile(join(core, "package.json"), "utf8"));
  await writeFile(join(target, "package.json"), JSON.stringify({ ...manifest, version }));
  const port = join(target, "src", "page", "port.ts");
  const source = await readFile(port, "utf8");
  if (!source.includes("{ major: 1,")) throw new Error(`${port} names no major of the protocol.`);
  await writeFile(port, source.replace("{ major: 1,", `{ major: ${protocolMajor},`));
  const rollup = join(root, "node_modules", "rollup", "dist", "bin", "rollup");
  const config = join(root, "rollup.config.js");
  await run(process.execPath, [rollup, "-c", config, "--silent"], { cwd: target });
  // As a workspace links it: the build touches nothing that lies below node_modules itself.
  await symlink(target, join(scope, "core"), "junction");
  const entry = join(folder, "program.js");
  await writeFile(entry, program);
  return entry;
}

async function withEsbuild(entry: string, options: esbuild.BuildOptions): Promise<string> {
  const { outputFiles } = await esbuild.build({
    target: "es2022",
    ...options,
    entryPoints: [entry],
    bundle: true,
    write: false,
    logLevel: "silent",
  });
  return outputFiles?.[0]?.text ?? "";
}

async function withVite(entry: string): Promise<string> {
  const result = await vite.build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      target: "es2022",
      rolldownOptions: { input: entry, preserveEntrySignatures: "strict" },
    },
  });
  const [chunk] = (result as { output: { code: string }[] }).output;
  return chunk?.code ?? "";
}
