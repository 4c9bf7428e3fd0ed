// Finds programs on the PATH.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** @param {...string} names */
export const findExecutable = (...names) =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));

export const firefoxPath = () => findExecutable("firefox-esr", "firefox");
