import { readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { root } from "../../scripts/pnpm.js";
import { type Manifest, readManifest } from "./manifest.js";
import { extract, published } from "./packed.js";
import { TemporaryFolders } from "./temporary-folders.js";

const temporary = new TemporaryFolders();
let folder: string;

beforeAll(async () => {
  folder = temporary.create("tarballs");
  const tarballs = inject("tarballs");
  await Promise.all(published.map((name) => extract(tarballs[name], join(folder, name))));
}, 300_000);

afterAll(() => temporary.removeAll());

describe.each(published)("the tarball of %s", (name) => {
  let files: string[];
  let manifest: Manifest;

  beforeAll(() => {
    files = listFiles(join(folder, name));
    manifest = readManifest(join(folder, name));
  });

  it("holds the build, the sources, what tells of it, the license and nothing else", () => {
    const others = files.filter((file) => !/^(dist|src)\//.test(file));

    expect(others).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
    expect(files).toContain("dist/index.js");
    expect(files).toContain("dist/index.d.ts");
    expect(files).toContain("src/index.ts");
  });

  it("leaves out the tests and what only they use", () => {
    // Core publishes its testing kit.
    const folders = name === "core" ? "fixtures|test" : "fixtures|testing|test";
    const ofTests = files.filter((file) =>
      new RegExp(`\\.(test|bench)\\.|(^|/)(${folders})/`).test(file),
    );

    expect(ofTests).toEqual([]);
  });

  it("holds a build of these sources, without leftovers of older ones", () => {
    const sources = new Set(files.filter((file) => file.startsWith("src/")));
    const orphans = files
      .filter((file) => /^dist\/.*\.d\.ts$/.test(file))
      .filter((file) => !sources.has(file.replace(/^dist/, "src").replace(/\.d\.ts$/, ".ts")));

    expect(orphans).toEqual([]);
  });

  it("holds every file that its exports name", () => {
    const targets = Object.values(manifest.exports ?? {}).flatMap((target) =>
      typeof target === "string" ? target : Object.values(target),
    );

    expect(targets.length).toBeGreaterThan(1);
    expect(targets.filter((target) => !files.includes(posix.normalize(target)))).toEqual([]);
  });

  it("holds every source that its source maps name", () => {
    const maps = files.filter((file) => file.endsWith(".map"));
    const missing = maps.flatMap((map) => {
      const { sources } = JSON.parse(readFileSync(join(folder, name, map), "utf8"));
      const paths: string[] = sources.map((path: string) => posix.join(posix.dirname(map), path));
      return paths.filter((path) => !files.includes(path));
    });

    expect(maps.length).toBeGreaterThan(1);
    expect(missing).toEqual([]);
  });

  it("exports its package.json, and types with every entry", () => {
    const { "./package.json": own, ...entries } = manifest.exports ?? {};

    expect(own).toBe("./package.json");
    for (const [entry, target] of Object.entries(entries)) {
      expect(entry).not.toContain("*");
      expect(target).toMatchObject({
        types: expect.stringMatching(/^\.\/dist\/.+\.d\.ts$/),
        default: expect.stringMatching(/^\.\/dist\/.+\.js$/),
      });
    }
  });

  it("holds no copy of another package", () => {
    const maps = files.filter((file) => file.endsWith(".js.map"));
    const sources: string[] = maps.flatMap(
      (map) => JSON.parse(readFileSync(join(folder, name, map), "utf8")).sources,
    );

    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((path) => !/^(\.\.\/)+src\//.test(path))).toEqual([]);
  });

  it("says what it is, where it is from and whom it is for", () => {
    expect(manifest).toMatchObject({
      description: expect.stringMatching(/.{20}\.$/),
      keywords: expect.arrayContaining(["pubsub", "microfrontends"]),
      repository: {
        type: "git",
        url: expect.stringMatching(/^git\+https:/),
        directory: `packages/${name}`,
      },
      engines: { node: ">=20.19" },
      publishConfig: { access: "public" },
    });
  });

  it("is an ES module without side effects, under the MIT license", () => {
    expect(manifest).toMatchObject({
      name: `@pubsub-mfe/${name}`,
      type: "module",
      sideEffects: false,
      license: "MIT",
    });
    expect(readFileSync(join(folder, name, "LICENSE"), "utf8")).toMatch(/^MIT License/);
  });

  it("installs nothing but what it cannot do without", () => {
    const { dependencies = {}, optionalDependencies = {}, bundleDependencies = [] } = manifest;

    expect(Object.keys(dependencies)).toEqual(name === "history" ? ["idb"] : []);
    expect(optionalDependencies).toEqual({});
    expect(bundleDependencies).toEqual([]);
  });

  it("runs no script when it is installed", () => {
    const hooks = ["preinstall", "install", "postinstall", "prepare"];

    expect(Object.keys(manifest.scripts ?? {}).filter((script) => hooks.includes(script))).toEqual(
      [],
    );
  });

  it("asks for any core of its major; core itself for what its testing kit runs on", () => {
    const [major] = readManifest(join(root, "packages", "core")).version.split(".");
    const peers: Record<string, string> =
      name === "core"
        ? { "fast-check": ">=4", vitest: ">=3.2" }
        : { "@pubsub-mfe/core": `^${major}.0.0` };

    expect(manifest.peerDependencies).toEqual(peers);
    // In the source as well: "workspace:^" is packed as the version of the day.
    expect(readManifest(join(root, "packages", name)).peerDependencies).toEqual(peers);
  });

  it("asks for no test runner of those who have another, or none", () => {
    expect(manifest.peerDependenciesMeta).toEqual(
      name === "core"
        ? { "fast-check": { optional: true }, vitest: { optional: true } }
        : undefined,
    );
  });

  it("names no version that only this workspace understands", () => {
    expect(JSON.stringify(manifest)).not.toMatch(/"(workspace|catalog|link|file):/);
  });
});

/** Paths relative to the folder, with slashes, sorted. */
function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.split(sep).join("/"))
    .sort();
}
