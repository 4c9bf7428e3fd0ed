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

/** An area of `benchmarks/`, as it was measured last. */
export interface Area {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly chromium: string;
  /** By where it was measured: `node`, `chromium`, `chromium, SQLite`. */
  readonly results: Readonly<Record<string, readonly Comparison[]>>;
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
  readonly versions: { readonly node: string; readonly chromium: string };
  readonly results: Readonly<Record<string, readonly WrittenComparison[]>>;
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
  const comparisons = Object.entries(results).map(
    ([where, list]) => [where, list.map(toComparison)] as const,
  );
  return { date, machine, ...versions, results: Object.fromEntries(comparisons) };
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
