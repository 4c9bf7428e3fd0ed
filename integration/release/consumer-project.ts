import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/pnpm.js";
import { type Manifest, readManifest } from "./manifest.js";
import { type RunOptions, run } from "./run.js";

export type Resolution = "bundler" | "nodenext";

/** The project of somebody who installs the packages. */
export class ConsumerProject {
  readonly #folder: string;

  /** @param folder - where the packages are installed */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Installs packages into an empty folder.
   *
   * @param specs - tarballs, or names with or without a version
   */
  static async install(
    folder: string,
    specs: readonly string[],
    options?: RunOptions,
  ): Promise<ConsumerProject> {
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    const flags = ["--no-audit", "--no-fund", "--prefer-offline"];
    await run(["npm", "install", ...flags, ...specs], folder, options);
    return new ConsumerProject(folder);
  }

  /** What the installation brought, at any depth. */
  installed(folder: string = this.#folder): Manifest[] {
    const modules = join(folder, "node_modules");
    if (!existsSync(modules)) return [];
    return readdirSync(modules)
      .filter((name) => !name.startsWith("."))
      .flatMap((name) =>
        name.startsWith("@")
          ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`)
          : name,
      )
      .flatMap((name) => [
        readManifest(join(modules, name)),
        ...this.installed(join(modules, name)),
      ])
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /**
   * Compiles a TypeScript program with the compiler of this repository, declarations of packages
   * included, and runs it under Node.
   *
   * @returns what it printed
   */
  async compileAndRun(program: string, resolution: Resolution): Promise<string> {
    writeFileSync(join(this.#folder, `${resolution}.ts`), program);
    writeFileSync(
      join(this.#folder, `tsconfig.${resolution}.json`),
      JSON.stringify({
        compilerOptions: {
          target: "es2022",
          lib: ["es2022", "dom"],
          types: [],
          module: resolution === "nodenext" ? "nodenext" : "esnext",
          moduleResolution: resolution,
          strict: true,
          skipLibCheck: false,
          noEmitOnError: true,
        },
        files: [`${resolution}.ts`],
      }),
    );
    const tsc = join(root, "node_modules", ".bin", "tsc");
    await run([tsc, "-p", `tsconfig.${resolution}.json`], this.#folder);
    return this.#node(`${resolution}.js`);
  }

  /** Runs a JavaScript program under Node and returns what it printed. */
  run(program: string): Promise<string> {
    return this.#node("--input-type=module", "--eval", program);
  }

  async #node(...args: string[]): Promise<string> {
    // A channel that is open keeps Node alive, whether or not anything comes.
    const output = await run([process.execPath, ...args], this.#folder, { timeoutMs: 20_000 });
    return output.trimEnd();
  }
}
