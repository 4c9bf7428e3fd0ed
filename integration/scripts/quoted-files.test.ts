// A block of a guide that names a file, as in "```ts [examples/x.ts]", is that file word for word.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const guides = new URL("docs/guides/", root);

interface Quote {
  readonly guide: string;
  readonly file: string;
  readonly code: string;
}

const quotes: Quote[] = readdirSync(fileURLToPath(guides))
  .filter((name) => name.endsWith(".md"))
  .flatMap((guide) => {
    const markdown = readFileSync(new URL(guide, guides), "utf8");
    const blocks = markdown.matchAll(/^```\w+ \[(.+)\]\n([\s\S]*?)^```$/gm);
    return Array.from(blocks, ([, file = "", code = ""]) => ({ guide, file, code }));
  });

const filesIn = (folder: string): string[] => readdirSync(fileURLToPath(new URL(folder, root)));

describe("a guide", () => {
  it.each(quotes)("$guide quotes $file as it is", ({ file, code }) => {
    expect(code).toBe(readFileSync(new URL(file, root), "utf8"));
  });

  it("quotes every binding, and none has more than ten lines beside its imports", () => {
    const bindings = filesIn("examples/bindings/").filter((name) =>
      /\.(react|vue|svelte|lit|rxjs)\.ts$/.test(name),
    );
    expect(bindings).toHaveLength(5);

    const lines = bindings.map((name) => {
      const code = quotes.find(({ file }) => file === `examples/bindings/${name}`)?.code ?? "";
      return code.split("\n").filter((line) => line && !line.startsWith("import ")).length;
    });

    expect(Math.max(...lines)).toBeLessThanOrEqual(10);
    expect(Math.min(...lines)).toBeGreaterThan(0);
  });
});
