// A release of what is here, to a registry on this machine.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { root } from "../../scripts/pnpm.js";
import { everything } from "./consumer-programs.js";
import { ConsumerProject } from "./consumer-project.js";
import { readManifest } from "./manifest.js";
import { published } from "./packed.js";
import { Registry } from "./registry.js";
import { run } from "./run.js";
import { TemporaryFolders } from "./temporary-folders.js";

const manifests = published.map((name) => readManifest(join(root, "packages", name)));
const temporary = new TemporaryFolders();
let registry: Registry;
let options: readonly string[];

beforeAll(async () => {
  registry = await Registry.start();
  options = registry.options("@pubsub-mfe");
  const folder = temporary.create("publish");
  await Promise.all(
    Object.values(inject("tarballs")).map((tarball) =>
      run(["npm", "publish", ...options, tarball], folder),
    ),
  );
}, 300_000);

afterAll(() => {
  registry?.stop();
  temporary.removeAll();
});

describe("publishing", () => {
  it("offers every package in its version, to anybody", () => {
    const releases = registry.published.map(({ name, access, "dist-tags": tags, versions }) => [
      name,
      { access, tags, versions: Object.keys(versions) },
    ]);

    const expected = manifests.map(({ name, version }) => [
      name,
      { access: "public", tags: { latest: version }, versions: [version] },
    ]);
    expect(Object.fromEntries(releases)).toEqual(Object.fromEntries(expected));
  });

  it("brings core to whoever asks for the others alone", async () => {
    const names = manifests.map(({ name }) => name);
    const others = names.filter((name) => name !== "@pubsub-mfe/core");
    const folder = temporary.create("consumer");

    const project = await ConsumerProject.install(folder, [...options, ...others]);
    expect(project.installed().map(({ name }) => name)).toEqual([...names, "idb"]);
    expect(await project.compileAndRun(everything, "nodenext")).toBe("42 paid order-7\n1");
  });
});
