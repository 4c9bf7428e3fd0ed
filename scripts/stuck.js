// What to do with a program that does not end: say where it stands, then end it and all it started.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";

/** How long the debugger may take to attach, and then to each answer, in milliseconds. */
const ATTACH_MS = 10_000;
const ANSWER_MS = 2_000;
/** For so long it is looked whether the processes do anything, in milliseconds. */
const LOOK_MS = 2_000;

/**
 * @typedef {object} Process
 * @property {number} pid
 * @property {number} parent
 * @property {string} cpu the processor time that it has had, as `ps` writes it
 * @property {string} command
 */

/**
 * A process, those that it started, and those that they started.
 *
 * @param {number} root
 * @returns {Process[]} itself alone where there is no `ps`
 */
function tree(root) {
  /** @type {Process[]} */
  const all = [];
  try {
    const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,time=,args="], { encoding: "utf8" });
    for (const row of rows.split("\n")) {
      const [, pid, parent, cpu = "", command = ""] =
        /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(row) ?? [];
      if (pid) all.push({ pid: Number(pid), parent: Number(parent), cpu, command });
    }
  } catch {
    return [{ pid: root, parent: 0, cpu: "", command: "" }];
  }
  const found = all.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...all.filter((process) => process.parent === pid));
  return found;
}

/**
 * The stack of a Node.js process, also of one that is in a loop without an end: its debugger has a
 * thread of its own.
 *
 * @param {number} pid
 * @returns {Promise<string>}
 */
async function stackOf(pid) {
  const inspector = spawn(process.execPath, ["inspect", "-p", String(pid)]);
  let said = "";
  inspector.stdout.on("data", (data) => {
    said += data;
  });
  inspector.stdin.on("error", () => {});
  const ended = once(inspector, "close");
  /** @param {RegExp} answer @param {number} ms */
  const heard = async (answer, ms) => {
    const until = performance.now() + ms;
    while (performance.now() < until && inspector.exitCode === null) {
      if (answer.test(said)) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
  };
  await heard(/debug> /, ATTACH_MS);
  inspector.stdin.write("pause\n");
  // One that waits for an event stops at its next line, which may not come.
  if (await heard(/break in/, ANSWER_MS)) {
    inspector.stdin.write("backtrace\n");
    await heard(/#0/, ANSWER_MS);
  }
  const late = setTimeout(() => inspector.kill("SIGKILL"), ANSWER_MS);
  inspector.stdin.end(".exit\n");
  await ended;
  clearTimeout(late);
  return said.match(/^(?:debug> )?#\d+ .*$/gm)?.join("\n") ?? "(it waits for an event)";
}

/**
 * Ends a process and all that it started.
 *
 * @param {number} pid
 * @returns {Promise<{ where: string, isBusy: boolean }>} where they stood, as far as they were of
 *   Node.js, and whether one of them was at anything
 */
export async function endTree(pid) {
  const before = new Map(tree(pid).map(({ pid, cpu }) => [pid, cpu]));
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  const processes = tree(pid);
  // What cannot be told is not taken for standing still.
  const isBusy = processes.some(({ pid, cpu }) => cpu === "" || cpu !== before.get(pid));
  let where = "";
  // One after the other: each has its debugger at the same port, as long as it lives.
  for (const { pid, cpu, command } of processes) {
    if (/^(\S*\/)?node\s/.test(command)) {
      where += `\n${pid} ${cpu} ${command}\n${await stackOf(pid)}\n`;
    }
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  return { where, isBusy };
}
