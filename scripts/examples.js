// Turns the examples in the comments of the sources into .docs/examples/, which is type-checked.
// They are fragments: what they export is imported, and what they take for granted, such as `bus`,
// is declared in docs/example-names.ts.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { entries } from "../docs/scripts/entries.js";
import { root } from "./pnpm.js";

const target = join(root, ".docs", "examples");
const packages = join(root, "packages");

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

const exported = exportedNames();
const assumed = assumedNames();
let count = 0;
for (const file of sources()) {
  for (const [, comment = ""] of readFileSync(file, "utf8").matchAll(/\/\*\*([\s\S]*?)\*\//g)) {
    for (const [, block = ""] of comment.matchAll(/^ *\* ```ts\n([\s\S]*?)^ *\* ```$/gm)) {
      count += 1;
      const name = relative(packages, file).replace(/\W/g, "-");
      writeFileSync(join(target, `${name}-${count}.ts`), toModule(block.replace(/^ *\* ?/gm, "")));
    }
  }
}
console.log(`${count} examples of comments`);

function sources() {
  return readdirSync(packages, { recursive: true, encoding: "utf8" })
    .filter((path) => /^[\w-]+\/src\/.*(?<!\.test)\.ts$/.test(path))
    .map((path) => join(packages, path))
    .sort();
}

/** Where each name that users can import comes from. */
function exportedNames() {
  /** @type {Map<string, { from: string, isType: boolean }>} */
  const names = new Map();
  for (const { name: from, source } of entries) {
    const lists = readFileSync(source, "utf8").matchAll(/export (type )?\{([^}]*)\}/g);
    for (const [, allTypes, list = ""] of lists) {
      for (const part of list.split(",").map((item) => item.trim())) {
        const name = part.replace(/^type /, "");
        const isType = allTypes !== undefined || part !== name;
        if (name && !names.has(name)) names.set(name, { from, isType });
      }
    }
  }
  return names;
}

function assumedNames() {
  const declared = /^export (?:declare )?(const|function|class|interface|type) (\w+)/gm;
  const text = readFileSync(join(root, "docs/example-names.ts"), "utf8");
  const from = "../../docs/example-names.js";
  return new Map(
    Array.from(text.matchAll(declared), ([, kind = "", name = ""]) => [
      name,
      { from, isType: kind === "interface" || kind === "type" },
    ]),
  );
}

/** @param {string} code */
function toModule(code) {
  const used = new Set(code.replace(/"[^"]*"|\/\/.*$/gm, "").match(/[A-Za-z]\w*/g));
  const isDeclared = (/** @type {string} */ name) =>
    new RegExp(`import .*\\b${name}\\b.* from|const ${name}\\b|const \\{ ${name}\\b`).test(code);
  const imports = [...used].flatMap((name) => {
    const found = isDeclared(name) ? undefined : (assumed.get(name) ?? exported.get(name));
    return found ? `import { ${found.isType ? "type " : ""}${name} } from "${found.from}";` : [];
  });
  return [...imports, code, "export {};", ""].join("\n");
}
