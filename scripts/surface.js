// Writes down what a package offers to others: `api/<entry>.api.md` for each of its exports. Run
// inside a package. With --check it writes nothing, and fails where the reports that are there say
// something else.
import { differences, writeReports } from "./surface-reports.js";

const folder = process.cwd();
if (process.argv.includes("--check")) {
  const changes = differences(folder);
  if (changes) {
    console.error(
      `${changes}\nThe public surface of this package is not what its folder "api" says (- what it says, + what is built). Is the change meant? Run "pnpm surface" and commit it, with a changeset.`,
    );
    process.exitCode = 1;
  }
} else {
  writeReports(folder, `${folder}/api`);
}
