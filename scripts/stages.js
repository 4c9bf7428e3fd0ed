// Runs the stages of `npm test`, one after the other, and keeps what they counted.
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { countResults } from "./results.js";
import { endTree } from "./stuck.js";

/** Longer than twice the longest stage takes on two cores, and so short that all others still run. */
const LIMIT_MS = 15 * 60_000;

/**
 * One stage: a command, and whether it writes a report of tests that counts for more than its exit.
 *
 * @typedef {object} Stage
 * @property {string} name
 * @property {string[]} command the program, from node_modules/.bin, and its arguments
 * @property {boolean} [reports]
 */

export class Stages {
  passed = 0;
  failed = 0;
  /** @type {string[]} */
  reasons = [];
  /** @type {string[]} */
  skipped = [];
  #root;
  #folder;
  #limitMs;

  /** @param {string} root @param {number} [limitMs] what takes longer is ended, and has failed */
  constructor(root, limitMs = LIMIT_MS) {
    this.#root = root;
    this.#limitMs = limitMs;
    this.#folder = join(root, "reports");
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder);
  }

  /** The report that a stage writes. @param {string} name */
  report(name) {
    return join(this.#folder, `${name}.json`);
  }

  /**
   * Runs a stage, and prints its name, what came of it and how long it took; its output only when
   * it failed.
   *
   * @param {Stage} stage
   */
  async run({ name, command, reports = false }) {
    const line = name.padEnd(12);
    process.stdout.write(`${line} `);
    const start = performance.now();
    const log = join(this.#folder, `${name}.log`);
    const status = await this.#spawn(command, log);
    const count = reports ? countResults(this.report(name)) : undefined;
    const passed = count?.passed ?? 0;
    const failed = Math.max(count?.failed ?? 0, status === 0 && (count || !reports) ? 0 : 1);
    this.passed += passed;
    this.failed += failed;
    this.skipped.push(...(count?.skipped ?? []).map((test) => `${name}: ${test}`));

    const outcome = failed > 0 ? "FAILED" : "ok";
    const tests = count ? `  ${passed} passed, ${failed} failed` : "";
    console.log(`${outcome}  ${((performance.now() - start) / 1000).toFixed(1)} s${tests}`);
    if (failed === 0) return;
    console.log(readFileSync(log, "utf8"));
    if (reports && !count) this.reasons.push(`${name}: it ended without a report (exit ${status})`);
    else if (count && count.failed > 0) this.reasons.push(`${name}: ${count.failed} failed`);
    else this.reasons.push(`${name}: exit ${status}`);
  }

  /** @param {string[]} command @param {string} log */
  #spawn([program = "", ...args], log) {
    const output = createWriteStream(log);
    const bin = join(this.#root, "node_modules", ".bin");
    const child = spawn(program, args, {
      cwd: this.#root,
      env: {
        ...process.env,
        PATH: `${bin}${delimiter}${process.env.PATH}`,
        TURBO_TELEMETRY_DISABLED: "1",
        DO_NOT_TRACK: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    child.stdout.pipe(output, { end: false });
    child.stderr.pipe(output, { end: false });
    /** @type {Promise<void> | undefined} */
    let ending;
    const limit = setTimeout(() => {
      output.write(`\nIt did not end within ${this.#limitMs / 1_000} s.\n`);
      if (child.pid) ending = endTree(child.pid).then((where) => void output.write(where));
    }, this.#limitMs);
    return new Promise((resolve) => {
      child.on("error", (error) => {
        clearTimeout(limit);
        output.end(`${error}\n`, () => resolve(1));
      });
      child.on("close", async (status, signal) => {
        clearTimeout(limit);
        await ending;
        output.end(() => resolve(status ?? signal));
      });
    });
  }
}
