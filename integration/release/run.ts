import { execFile } from "node:child_process";

/** Options of {@link run}. */
export interface RunOptions {
  /** Added to the environment of the tests. */
  readonly env?: NodeJS.ProcessEnv;
  /** When to give up, in milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Runs a program without a shell. Rejects with everything it wrote when it fails.
 *
 * @returns what it wrote to its standard output
 */
export function run(
  command: readonly string[],
  cwd: string,
  { env = {}, timeoutMs = 240_000 }: RunOptions = {},
): Promise<string> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...withoutGit(process.env), ...env }, timeout: timeoutMs };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const end = error.killed ? `did not end within ${timeoutMs} ms` : `failed (${error.code})`;
      reject(new Error(`"${command.join(" ")}" ${end}:\n${stdout}${stderr}`, { cause: error }));
    });
    // A prompt then meets the end of its input, instead of waiting for ever.
    child.stdin?.end();
  });
}

/** In a git hook these variables name the repository, whatever the working folder is. */
function withoutGit(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GIT_")));
}
