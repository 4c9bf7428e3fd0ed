import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { documentsOf } from "../../scripts/documents.js";
import { root } from "../../scripts/pnpm.js";
import { findBrokenLinks } from "./markdown-links.js";

describe("findBrokenLinks", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pubsub-mfe-links-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function brokenLinks(files: Readonly<Record<string, string>>): string[] {
    mkdirSync(join(folder, "docs"));
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    return findBrokenLinks(documentsOf(folder), folder);
  }

  it("tells of a file that is not there, and of the line", () => {
    const broken = brokenLinks({ "README.md": "# Shop\n\nSee [the cart](docs/cart.md)." });

    expect(broken).toEqual(["README.md:3: docs/cart.md: there is no docs/cart.md"]);
  });

  it("tells of a heading that is not there, in another file and in the same", () => {
    const broken = brokenLinks({
      "README.md": "# Shop\n\n[Cart](docs/cart.md#the-items), [shop](#shops)",
      "docs/cart.md": "# The cart\n\n```md\n# The items\n```\n",
    });

    expect(broken).toEqual([
      "README.md:3: docs/cart.md#the-items: docs/cart.md has no heading of that name",
      "README.md:3: #shops: README.md has no heading of that name",
    ]);
  });

  it("tells the row of a table", () => {
    const broken = brokenLinks({ "README.md": "| page |\n|---|\n| shop |\n| [cart](cart.md) |" });

    expect(broken).toEqual(["README.md:4: cart.md: there is no cart.md"]);
  });

  it("tells of images, of references, and of links from the root", () => {
    const broken = brokenLinks({
      "docs/cart.md": "![The cart](cart.png) [shop][1] [start](/start)\n\n[1]: ../shop.md",
    });

    expect(broken).toEqual([
      "docs/cart.md:1: cart.png: there is no docs/cart.png",
      "docs/cart.md:1: ../shop.md: there is no shop.md",
      "docs/cart.md:1: /start: is not relative",
    ]);
  });

  it("passes what leads somewhere", () => {
    const broken = brokenLinks({
      "README.md": [
        "# `createShop(config?)` and *more*",
        "## Errors",
        "## Errors",
        "[first](#createshopconfig-and-more) [again](#errors-1) [folder](docs) [cart](docs/cart.md)",
        "[elsewhere](https://example.org/none.md#none) `[code](none.md)`",
      ].join("\n\n"),
      "docs/cart.md": "[back](../README.md#errors)",
    });

    expect(broken).toEqual([]);
  });
});

it("every link in the Markdown files of this repository leads somewhere", () => {
  const documents = documentsOf(root);

  expect(documents.length).toBeGreaterThan(10);
  expect(findBrokenLinks(documents, root)).toEqual([]);
});
