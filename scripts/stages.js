// Runs the stages of `npm test`, one after the other, and keeps what they counted.
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { countResults } from "./results.js";
import { endTree } from "./stuck.js";

/** Longer than twice the longest stage takes on two cores, and so short that all others still run. */
const LIMIT_MS = 15 * 60_000;
/** For so long after its end what a stage writes is waited for. */
const CLOSING_MS = 2_000;

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

  /** @param {string} root @param {number} [limitMs] what takes longer is ended */
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
    const first = await this.#spawn(command, log);
    let { status } = first;
    if (first.isStalled) {
      // No test does that: one that waits fails in time. The runner has lost a word of a worker's.
      console.log(`${readFileSync(log, "utf8")}\n${name} is run again: nothing moved any more.`);
      ({ status } = await this.#spawn(command, log));
    }
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

  /**
   * @param {string[]} command
   * @param {string} log
   * @returns {Promise<{ status: number | string | null, isStalled: boolean }>} the exit or the signal,
   *   and whether it stood still until it was ended
   */
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
    /** @type {Promise<boolean> | undefined} */
    let ending;
    const end = async (/** @type {number} */ pid) => {
      output.write(`\nIt did not end within ${this.#limitMs / 1_000} s.\n`);
      const { where, isBusy } = await endTree(pid);
      output.write(where);
      return !isBusy;
    };
    const limit = setTimeout(() => {
      if (child.pid) ending = end(child.pid);
    }, this.#limitMs);
    return new Promise((resolve) => {
      child.on("error", (error) => {
        clearTimeout(limit);
        output.end(`${error}\n`, () => resolve({ status: 1, isStalled: false }));
      });
      // Something that it started, and that goes on, may have its output open.
      child.on("exit", () => {
        setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        }, CLOSING_MS).unref();
      });
      child.on("close", async (status, signal) => {
        clearTimeout(limit);
        const stoodStill = (await ending) ?? false;
        // One that ended by itself, at the last moment, has its own exit.
        output.end(() =>
          resolve({ status: status ?? signal, isStalled: stoodStill && signal !== null }),
        );
      });
    });
  }
}
