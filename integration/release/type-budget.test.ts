import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "node_modules/.type-budget");
const core = join(root, "packages/core/dist/index.js");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const areas = ["cart", "order", "catalog", "user", "search", "stock", "price", "review", "pay"];

/** A program with so many topics, and so many subscriptions with patterns of every kind. */
function program(topicCount: number, patternCount: number): string {
  const topics = Array.from({ length: topicCount }, (_, n) => [
    areas[n % areas.length] as string,
    `thing${Math.floor(n / areas.length) % 20}`,
    `done${n}`,
  ]);
  const patterns = Array.from({ length: patternCount }, (_, n) => {
    const [area, thing, done] = topics[(n * 7) % topicCount] as [string, string, string];
    const kinds = [
      [area, thing, done],
      [area, "#"],
      ["+", thing, done],
      [area, "+", done],
      [area, thing, "+"],
    ];
    return kinds[n % kinds.length]?.join(".");
  });
  return [
    `import { createPubSub } from ${JSON.stringify(core)};`,
    "interface Topics {",
    ...topics.map((topic, n) => `  "${topic.join(".")}": { n${n}: number };`),
    "}",
    "const bus = createPubSub<Topics>();",
    ...patterns.map((pattern) => `bus.subscribe("${pattern}", ({ topic }) => topic);`),
    `bus.publish("${topics[0]?.join(".")}", { n0: 1 });`,
  ].join("\n");
}

function countInstantiations(name: string, source: string): number {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, source);
  const options = [
    ...["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--extendedDiagnostics"],
    ...["--module", "nodenext", "--target", "es2022", "--types", ""],
    ...["--lib", "es2022,dom,dom.iterable,esnext.disposable"],
  ];
  const output = execFileSync(join(root, "node_modules/.bin/tsc"), [...options, file], {
    encoding: "utf8",
  });
  return Number(/Instantiations:\s+(\d+)/.exec(output)?.[1]);
}

describe("the types of topics", () => {
  // What the compiler does for one topic, and without any: the declarations of the library.
  const base = countInstantiations("base", program(1, 1));

  it.each([
    { topics: 200, patterns: 100, budget: 80_000 },
    { topics: 1_000, patterns: 300, budget: 420_000 },
  ])(
    "cost at most $budget instantiations for $topics topics and $patterns patterns",
    ({ topics, patterns, budget }) => {
      const count = countInstantiations(`topics-${topics}`, program(topics, patterns)) - base;

      expect(count).toBeGreaterThan(patterns);
      expect(count).toBeLessThan(budget);
    },
  );
});
