// Builds the programs of examples/loaders, each bundle by itself, as their teams would.
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { root } from "../../scripts/pnpm.js";

interface Bundle {
  readonly config: string;
  readonly mode: string;
  /** Where it goes, in the folder that is served. */
  readonly into?: string;
}

/** How one loader's page is built. */
export interface Loader {
  /** The folder of its programs. */
  readonly name: string;
  readonly bundles: readonly Bundle[];
  /** Whether core is one of the files that are served. */
  readonly servesCore?: boolean;
  /** Whether the page is written by the build, and not by hand. */
  readonly buildsPage?: boolean;
}

/** @returns the page */
export async function buildPage(loader: Loader, outDir: string): Promise<string> {
  const folder = join(root, "examples", "loaders", loader.name);
  // Beside vitest the plugin of Module Federation does nothing, unless it is told to.
  process.env.MFE_VITE_NO_TEST_ENV_CHECK = "true";
  for (const { config, mode, into = "." } of loader.bundles) {
    await build({
      root: folder,
      configFile: join(folder, config),
      mode,
      logLevel: "error",
      build: { outDir: join(outDir, into) },
    });
  }
  if (loader.servesCore) {
    cpSync(join(root, "packages", "core", "dist"), join(outDir, "core"), { recursive: true });
  }
  return readFileSync(join(loader.buildsPage ? outDir : folder, "index.html"), "utf8");
}
