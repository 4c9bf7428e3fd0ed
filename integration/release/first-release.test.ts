// The first release, to a registry on this machine.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { everything } from "./consumer-programs.js";
import { ConsumerProject } from "./consumer-project.js";
import { published } from "./packed.js";
import { Registry } from "./registry.js";
import { run } from "./run.js";
import { TemporaryFolders } from "./temporary-folders.js";

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

describe("the first release", () => {
  it("is 1.0.0 of every package, for anybody", () => {
    const releases = registry.published.map(({ name, access, "dist-tags": tags, versions }) => [
      name,
      { access, tags, versions: Object.keys(versions) },
    ]);

    const release = { access: "public", tags: { latest: "1.0.0" }, versions: ["1.0.0"] };
    expect(Object.fromEntries(releases)).toEqual(
      Object.fromEntries(published.map((name) => [`@pubsub-mfe/${name}`, release])),
    );
  });

  it("brings core to whoever asks for the others alone", async () => {
    const names = ["@pubsub-mfe/cross-tab", "@pubsub-mfe/history", "@pubsub-mfe/patterns"];
    const folder = temporary.create("consumer");

    const project = await ConsumerProject.install(folder, [...options, ...names]);
    expect(project.installed().map(({ name, version }) => `${name} ${version}`)).toEqual([
      "@pubsub-mfe/core 1.0.0",
      ...names.map((name) => `${name} 1.0.0`),
      expect.stringMatching(/^idb /),
    ]);
    expect(await project.compileAndRun(everything, "nodenext")).toBe("42 paid order-7\n1");
  });
});
