import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { root } from "../../scripts/pnpm.js";
import { everything } from "./consumer-programs.js";
import { ConsumerProject } from "./consumer-project.js";
import { type Manifest, readManifest } from "./manifest.js";
import { type Published, published, repack } from "./packed.js";
import { TemporaryFolders } from "./temporary-folders.js";
import { listWorkspace, WorkspaceCopy } from "./workspace-copy.js";

type Level = "major" | "minor" | "patch";

const CORE = "@pubsub-mfe/core";
const HISTORY = "@pubsub-mfe/history";
const DEPENDENTS = ["@pubsub-mfe/cross-tab", HISTORY, "@pubsub-mfe/patterns"];
const TEXT = "`publish` returns the message:\n\n```ts\nbus.publish(topic, payload).id;\n```";

const temporary = new TemporaryFolders();
let packages: Map<string, string>;

beforeAll(async () => {
  packages = await listWorkspace();
}, 300_000);

afterAll(() => temporary.removeAll());

// At 1.0.0 a pending minor would release 1.1.0: these two go with the first release.
describe("before the first release", () => {
  it("every published package stands at 1.0.0", () => {
    const versions = [...packages.values()]
      .map((path) => readManifest(join(root, path)))
      .filter((manifest) => !manifest.private)
      .map(({ name, version }) => [name, version]);

    expect(Object.fromEntries(versions)).toEqual(
      Object.fromEntries(published.map((name) => [`@pubsub-mfe/${name}`, "1.0.0"])),
    );
  });

  it("no changeset is pending", () => {
    const files = readdirSync(join(root, ".changeset"));

    expect(files.filter((file) => file.endsWith(".md") && file !== "README.md")).toEqual([]);
  });
});

describe("a minor of core", () => {
  const { was, is, changed, changelog } = releasing(CORE, "minor");

  it("raises core and touches no other package", () => {
    expect(changed()).toEqual(["packages/core/CHANGELOG.md", "packages/core/package.json"]);
    expect(is()).toEqual({
      ...was(),
      [CORE]: { ...was()[CORE], version: bump(was()[CORE], "minor") },
    });
  });

  it("stays within the peer range of every dependent", () => {
    for (const name of DEPENDENTS) expect(peerRange(is()[name])).toBe(rangeOf(was()[CORE]));
  });

  it("is in the changelog of core", () => {
    const minor = `\n## ${bump(was()[CORE], "minor")}\n\n### Minor Changes`;
    expect(changelog(CORE)).toContain(minor);
    expect(unindented(changelog(CORE))).toContain(TEXT);
    const before = readFileSync(join(root, "packages/core/CHANGELOG.md"), "utf8");
    expect(changelog(CORE).endsWith(before.replace(/^# .+\n\n/, ""))).toBe(true);
  });

  it("is installed and used with dependents that were packed before it", async () => {
    const folder = temporary.create("minor");
    const tarballs = [await packed(is()[CORE]), ...DEPENDENTS.map((name) => tarballOf(name))];

    const project = await ConsumerProject.install(folder, tarballs);
    expect(project.installed().find(({ name }) => name === CORE)?.version).toBe(
      bump(was()[CORE], "minor"),
    );
    expect(await project.compileAndRun(everything, "nodenext")).toBe("42 paid order-7\n1");
  });
});

describe("a patch of history", () => {
  const { was, is, changed, changelog } = releasing(HISTORY, "patch");

  it("raises history and touches no other package", () => {
    expect(changed()).toEqual(["packages/history/CHANGELOG.md", "packages/history/package.json"]);
    expect(is()).toEqual({
      ...was(),
      [HISTORY]: { ...was()[HISTORY], version: bump(was()[HISTORY], "patch") },
    });
  });

  it("asks for the same core as before", () => {
    expect(peerRange(is()[HISTORY])).toBe(rangeOf(was()[CORE]));
  });

  it("is in the changelog of history", () => {
    expect(changelog(HISTORY)).toContain(`## ${bump(was()[HISTORY], "patch")}\n`);
    expect(unindented(changelog(HISTORY))).toContain(TEXT);
  });
});

describe("a major of core", () => {
  const { was, is, changed, changelog } = releasing(CORE, "major");

  it("is a major of every dependent, which then asks for the new core", () => {
    const newCore = bump(was()[CORE], "major");

    for (const name of DEPENDENTS) {
      expect(is()[name]).toEqual({
        ...was()[name],
        version: bump(was()[name], "major"),
        peerDependencies: { ...was()[name]?.peerDependencies, [CORE]: `^${newCore}` },
      });
    }
    expect(is()[CORE]).toEqual({ ...was()[CORE], version: newCore });
  });

  it("touches nothing that is not published", () => {
    const files = published.map((name) => [
      `packages/${name}/CHANGELOG.md`,
      `packages/${name}/package.json`,
    ]);

    expect(changed()).toEqual(files.flat());
  });

  it("is in the changelog of core, and named in those of its dependents", () => {
    expect(unindented(changelog(CORE))).toContain(TEXT);
    for (const name of DEPENDENTS) {
      expect(changelog(name)).toContain(`${CORE}@${bump(was()[CORE], "major")}`);
    }
  });

  it("is refused by each dependent that was packed before it", async () => {
    const core = await packed(is()[CORE]);
    const refusal = (name: string): Promise<string> =>
      ConsumerProject.install(temporary.create("major"), [core, tarballOf(name)]).then(
        () => `${name} was installed`,
        (error: Error) => error.message,
      );

    const refusals = await Promise.all(DEPENDENTS.map(refusal));
    const found = `Found: ${CORE}@${bump(was()[CORE], "major")}`;
    for (const [n, name] of DEPENDENTS.entries()) {
      const asked = `peer ${CORE}@"${rangeOf(was()[CORE])}" from ${name}@${was()[name]?.version}`;
      expect(refusals[n]).toContain("ERESOLVE unable to resolve dependency tree");
      expect(refusals[n]).toContain(found);
      expect(refusals[n]).toContain(asked);
    }
  });
});

/** Releases one package in a copy of the workspace, before the tests of a `describe`. */
function releasing(name: string, level: Level) {
  let copy: WorkspaceCopy;
  let before: Record<string, Manifest>;
  let changed: string[];

  beforeAll(async () => {
    copy = new WorkspaceCopy(temporary.create("release"), packages);
    before = copy.manifests();
    changed = await copy.release(name, level, TEXT);
  }, 300_000);

  return {
    was: () => before,
    is: () => copy.manifests(),
    changed: () => changed,
    changelog: (of: string) => copy.changelog(of),
  };
}

function tarballOf(name: string): string {
  return inject("tarballs")[name.replace("@pubsub-mfe/", "") as Published];
}

/** A package as it is now, packed under another package.json. @returns the tarball */
function packed(manifest: Manifest | undefined): Promise<string> {
  if (!manifest) throw new Error("No such package");
  const { name, version, peerDependencies = {} } = manifest;
  return repack(tarballOf(name), temporary.create("packed"), { version, peerDependencies });
}

function bump(manifest: Manifest | undefined, level: Level): string {
  const [major = 0, minor = 0, patch = 0] = (manifest?.version ?? "").split(".").map(Number);
  if (level === "major") return `${major + 1}.0.0`;
  return level === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function peerRange(manifest: Manifest | undefined): string | undefined {
  return manifest?.peerDependencies?.[CORE];
}

/** Literal, and every version of this major: `workspace:^` would be packed as that of the day. */
function rangeOf(core: Manifest | undefined): string {
  return `^${core?.version.split(".")[0]}.0.0`;
}

/** A changelog puts the text of a changeset into a list. */
function unindented(changelog: string): string {
  return changelog.replace(/^ {2}/gm, "");
}
