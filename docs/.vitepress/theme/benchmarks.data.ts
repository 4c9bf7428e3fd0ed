import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../benchmarks/results/", import.meta.url));

/** One line of a table. */
export interface Contender {
  readonly name: string;
  readonly note?: string;
  readonly value: number;
  /** To the first line: the median over the rounds. None where single figures were taken. */
  readonly ratio?: number;
}

/** What was measured in one run. */
export interface Comparison {
  readonly title: string;
  readonly unit: string;
  readonly contenders: readonly Contender[];
}

/** An area of `benchmarks/`, as it was measured last in Chromium. */
export interface Area {
  readonly date: string;
  readonly machine: string;
  /** Its version. */
  readonly chromium: string;
  readonly comparisons: readonly Comparison[];
}

declare const data: Readonly<Record<string, Area>>;

export { data };

// VitePress looks for a default export.
export default {
  watch: [join(folder, "*.json")],
  load(): Record<string, Area> {
    const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return Object.fromEntries(
      files.map((name) => [name.replace(".json", ""), toArea(JSON.parse(read(name)))]),
    );
  },
};

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

interface Written {
  readonly date: string;
  readonly machine: string;
  readonly versions: { readonly chromium: string };
  readonly results: { readonly chromium: readonly WrittenComparison[] };
}

interface WrittenComparison {
  readonly title: string;
  readonly unit?: string;
  readonly contenders: readonly {
    readonly name: string;
    readonly note?: string;
    readonly value?: number;
    readonly medianNs?: number;
    readonly ratio?: number;
  }[];
}

function toArea({ date, machine, versions, results }: Written): Area {
  const comparisons = results.chromium.map(toComparison);
  return { date, machine, chromium: versions.chromium, comparisons };
}

function toComparison({ title, unit, contenders }: WrittenComparison): Comparison {
  return {
    title,
    unit: unit ?? "ns",
    contenders: contenders.map(({ name, note, value, medianNs, ratio }) => ({
      name,
      ...(note && { note }),
      ...(ratio && { ratio }),
      value: value ?? medianNs ?? 0,
    })),
  };
}
