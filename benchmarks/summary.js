// Turns results/*.json into RESULTS.md.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @param {string} folder @param {readonly string[]} areas */
export function writeSummary(folder, areas) {
  const parts = areas
    .map((area) => join(folder, "results", `${area}.json`))
    .filter((path) => existsSync(path))
    .map((path) => toMarkdown(JSON.parse(readFileSync(path, "utf8"))));
  const text = [
    "# Results",
    "",
    "Written by `pnpm bench`. A figure counts only beside the others of its table: they were measured in one run, in interleaved rounds. Times are medians for one operation; the ratio is to the first line, the median over the rounds.",
    "",
    ...parts,
  ].join("\n");
  writeFileSync(join(folder, "RESULTS.md"), `${text.trimEnd()}\n`);
}

/**
 * @param {{ area: string, date: string, machine: string, versions: Record<string, string>,
 *   results: Record<string, (import("./src/measure.js").Result | import("./src/measure.js").FigureResult)[]> }} report
 */
function toMarkdown({ area, date, machine, versions, results }) {
  const versionList = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const tables = Object.entries(results).flatMap(([where, list]) =>
    list.flatMap((result) => [`### ${result.title} (${where})`, "", ...toTable(result), ""]),
  );
  return [`## ${area}`, "", `${date}, ${machine}; ${versionList.join(", ")}.`, "", ...tables].join(
    "\n",
  );
}

/** @param {import("./src/measure.js").Result | import("./src/measure.js").FigureResult} result */
function toTable(result) {
  if ("unit" in result) {
    return [
      `| | ${result.unit} | |`,
      "|---|---:|---|",
      ...result.contenders.map(
        ({ name, note, value }) =>
          `| ${name} | ${Math.round(value).toLocaleString("en")} | ${note ?? ""} |`,
      ),
    ];
  }
  return [
    "| | ns | ratio | |",
    "|---|---:|---:|---|",
    ...result.contenders.map(
      ({ name, note, medianNs, ratio }) =>
        `| ${name} | ${Math.round(medianNs).toLocaleString("en")} | ${ratio.toFixed(2)} | ${note ?? ""} |`,
    ),
  ];
}
