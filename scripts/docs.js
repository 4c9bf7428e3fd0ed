// Turns the TypeScript blocks of the documentation into tests under .docs/, which are type-checked
// with the rest and run by vitest.
//
//   ```ts            a test of its own
//   ```ts continued  goes on where the block before it ended
//   expr; //=> value the value is asserted
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { documentsOf } from "./documents.js";
import { root } from "./pnpm.js";

const target = join(root, ".docs");

rmSync(target, { recursive: true, force: true });
mkdirSync(target);

const written = documentsOf(root).map((path) => {
  const name = relative(root, path);
  const modules = toModules(readFileSync(path, "utf8"), name);
  const file = join(target, `${name.replace(/[\\/]/g, "__")}.test.ts`);
  if (modules.length > 0) writeFileSync(file, toTestFile(modules, name));
  return modules.length;
});
console.log(`${written.reduce((a, b) => a + b, 0)} code blocks of ${written.length} documents`);

/**
 * @typedef {object} Module
 * @property {number} line where its first block begins in the document
 * @property {string} code
 */

/**
 * @param {string} markdown
 * @param {string} name for messages
 * @returns {Module[]}
 */
function toModules(markdown, name) {
  /** @type {Module[]} */
  const modules = [];
  for (const match of markdown.matchAll(/^```ts( continued)?\n([\s\S]*?)^```$/gm)) {
    const line = markdown.slice(0, match.index).split("\n").length;
    const [, continued, code = ""] = match;
    const last = modules.at(-1);
    if (!continued) modules.push({ line, code });
    else if (last) last.code += `\n${code}`;
    else throw new Error(`${name}:${line}: a block is "continued", but none stands before it.`);
  }
  return modules;
}

/** @param {Module[]} modules @param {string} name */
function toTestFile(modules, name) {
  /** Blocks of one document import the same names: each is imported once. */
  const imports = new Map([['"vitest"', new Set(["test"])]]);
  const tests = modules.map(({ line, code }) => {
    const body = code
      .replace(/^import (type )?\{([\s\S]*?)\} from (".*");$/gm, (_, type = "", names, from) => {
        const known = imports.get(from) ?? new Set();
        for (const part of names.split(",")) if (part.trim()) known.add(type + part.trim());
        imports.set(from, known);
        return "";
      })
      .replace(/^(\s*)(.+); \/\/=> (.+)$/gm, "$1expect($2).toEqual($3);");
    if (body.includes("expect(")) imports.get('"vitest"')?.add("expect");
    return `test(${JSON.stringify(`${name}:${line}`)}, async () => {\n${body.trim()}\n});`;
  });
  return [
    `import "fake-indexeddb/auto";`,
    ...Array.from(imports, ([from, names]) => `import { ${[...names].join(", ")} } from ${from};`),
    "",
    tests.join("\n\n"),
    "",
  ].join("\n");
}
