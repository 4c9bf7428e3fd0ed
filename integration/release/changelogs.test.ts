import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../../scripts/pnpm.js";
import { showsCall, withoutCall } from "./changelogs.js";
import { published } from "./packed.js";
import { TemporaryFolders } from "./temporary-folders.js";

const temporary = new TemporaryFolders();

afterAll(() => temporary.removeAll());

const call = "`publish` returns the message:\n\n```ts\nbus.publish(topic, payload).id;\n```";

/** A folder with one changeset. */
function changeset(level: "major" | "minor" | "patch", text: string): string {
  const folder = temporary.create("changeset");
  mkdirSync(join(folder, ".changeset"));
  writeFileSync(join(folder, ".changeset", "README.md"), "Nothing that is released.");
  writeFileSync(
    join(folder, ".changeset", "calm-cats.md"),
    `---\n"@pubsub-mfe/core": ${level}\n---\n\n${text}\n`,
  );
  return folder;
}

describe("a changeset", () => {
  it.each(["minor", "major"] as const)("of a %s shows the call", async (level) => {
    expect(await withoutCall(changeset(level, call))).toEqual([]);
  });

  it.each([
    ["words alone", "`publish` returns the message."],
    ["an empty block", "`publish` returns the message:\n\n```ts\n```"],
    ["a block of something else", "Install it:\n\n```sh\nnpm install\n```"],
  ])("of a minor with %s is refused", async (_, text) => {
    expect(await withoutCall(changeset("minor", text))).toEqual([".changeset/calm-cats.md"]);
  });

  it("of a patch needs no call", async () => {
    expect(await withoutCall(changeset("patch", "A handler is called once."))).toEqual([]);
  });
});

it("every changeset that is pending here shows the call", async () => {
  expect(await withoutCall(root)).toEqual([]);
});

describe.each(published)("the changelog of %s", (name) => {
  const text = readFileSync(join(root, "packages", name, "CHANGELOG.md"), "utf8");

  it("begins with the first release, and shows the call", () => {
    const first = text.split(/^## /m).at(-1) ?? "";

    expect(text).toMatch(new RegExp(`^# @pubsub-mfe/${name}\n\n## `));
    expect(first).toMatch(/^1\.0\.0\n/);
    expect(showsCall(first)).toBe(true);
  });
});
