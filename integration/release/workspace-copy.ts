import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import { join, relative } from "node:path";
import { pnpm, root } from "../../scripts/pnpm.js";
import { type Manifest, readManifest } from "./manifest.js";
import { run } from "./run.js";

/** Nobody's own settings: no signatures, no hooks. */
const gitEnvironment = {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Release test",
  GIT_AUTHOR_EMAIL: "release@test.invalid",
  GIT_COMMITTER_NAME: "Release test",
  GIT_COMMITTER_EMAIL: "release@test.invalid",
};

/** The packages of the workspace, published or private, by name: each one's folder. */
export async function listWorkspace(): Promise<Map<string, string>> {
  const list = await run(pnpm("ls", "--recursive", "--depth", "-1", "--json"), root);
  const packages: { name: string; path: string }[] = JSON.parse(list);
  return new Map(packages.map(({ name, path }) => [name, relative(root, path)]));
}

/** What changesets reads of the workspace, in a repository of its own. */
export class WorkspaceCopy {
  readonly #folder: string;
  readonly #packages: ReadonlyMap<string, string>;

  /** @param packages - of {@link listWorkspace} */
  constructor(folder: string, packages: ReadonlyMap<string, string>) {
    this.#folder = folder;
    this.#packages = packages;
    const manifests = [...packages.values()].map((path) => join(path, "package.json"));
    for (const file of ["pnpm-workspace.yaml", ".changeset/config.json", ...manifests]) {
      cpSync(join(root, file), join(folder, file));
    }
    for (const path of packages.values()) {
      const changelog = join(path, "CHANGELOG.md");
      if (existsSync(join(root, changelog))) cpSync(join(root, changelog), join(folder, changelog));
    }
  }

  /** Every package.json of the workspace, by the name of its package. */
  manifests(): Record<string, Manifest> {
    const folders = [...this.#packages];
    return Object.fromEntries(
      folders.map(([name, path]) => [name, readManifest(join(this.#folder, path))]),
    );
  }

  /** The changelog of a package; nothing when it has none. */
  changelog(name: string): string {
    const file = join(this.#folder, this.#packages.get(name) ?? "", "CHANGELOG.md");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /**
   * Commits a changeset and lets changesets turn it into versions.
   *
   * @returns the files that this changed, the changeset itself apart
   */
  async release(name: string, level: "major" | "minor" | "patch", text: string): Promise<string[]> {
    writeFileSync(
      join(this.#folder, ".changeset", "change.md"),
      `---\n"${name}": ${level}\n---\n\n${text}\n`,
    );
    await this.#git("init", "--quiet", "--initial-branch", "main");
    await this.#git("add", "--all");
    await this.#git("commit", "--quiet", "--message", "Add a changeset");
    await run([join(root, "node_modules", ".bin", "changeset"), "version"], this.#folder);
    await this.#git("add", "--all");
    const changed = await this.#git("diff", "--cached", "--name-only", "--", ".", ":!.changeset");
    return changed.trim().split("\n");
  }

  #git(...args: string[]): Promise<string> {
    return run(["git", ...args], this.#folder, { env: gitEnvironment });
  }
}
