import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { floors, floorTarball, keepFloors } from "../../scripts/floors.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pubsub-mfe-floors-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Packages with these peer ranges. */
function packages(ranges: Record<string, string | undefined>): string {
  for (const [name, range] of Object.entries(ranges)) {
    mkdirSync(join(folder, name));
    const peerDependencies = range && { "@pubsub-mfe/core": range };
    const manifest = { name: `@pubsub-mfe/${name}`, peerDependencies };
    writeFileSync(join(folder, name, "package.json"), JSON.stringify(manifest));
  }
  return folder;
}

describe("the floors of the dependents", () => {
  it("are where their peer ranges begin", () => {
    const found = floors(packages({ core: undefined, a: "^1.0.0", b: "^1.2.0", c: "^1.0.0" }));

    expect(Object.fromEntries(found)).toEqual({ "1.0.0": ["a", "c"], "1.2.0": ["b"] });
  });

  it.each(["workspace:^", ">=1.0.0", "^1.0.0 || ^2.0.0"])("cannot be told of %s", (range) => {
    expect(() => floors(packages({ a: range }))).toThrow(
      `@pubsub-mfe/a asks for @pubsub-mfe/core "${range}": write a range like ^1.0.0.`,
    );
  });
});

describe("the tarball of a floor", () => {
  const keep = (version: string, text: string): void =>
    writeFileSync(join(folder, `pubsub-mfe-core-${version}.tgz`), text);

  it("is the one that was kept at the release, also while that version is here", () => {
    keep("1.0.0", "as released");

    expect(readFileSync(floorTarball("1.0.0", folder, "1.0.0"), "utf8")).toBe("as released");
    expect(readFileSync(floorTarball("1.0.0", folder, "1.1.0"), "utf8")).toBe("as released");
  });

  it("is never made of another version", () => {
    expect(() => floorTarball("1.1.0", folder, "1.2.0")).toThrow(
      `npm pack @pubsub-mfe/core@1.1.0 --pack-destination ${folder}`,
    );
  });

  it("is kept as long as a range begins with it", () => {
    keep("1.0.0", "as released");
    keep("1.2.0", "as released");

    keepFloors(["1.2.0"], folder, "1.3.0");

    expect(readdirSync(folder)).toEqual(["pubsub-mfe-core-1.2.0.tgz"]);
    expect(() => keepFloors(["1.3.0", "1.2.5"], folder, "1.4.0")).toThrow("npm pack");
    expect(readdirSync(folder)).toEqual(["pubsub-mfe-core-1.2.0.tgz"]);
  });

  it("is packed and kept when its version is the one released now", () => {
    keepFloors(floors().keys(), folder);

    const names = [...floors().keys()].map((version) => `pubsub-mfe-core-${version}.tgz`);
    expect(readdirSync(folder)).toEqual(names);
  });
});
