import { nextTask } from "../delivery/next-task.js";

// Taken before a test can replace it with a fake one. A message port where there is none.
const { setImmediate = nextTask } = globalThis as { setImmediate?: (fn: () => void) => unknown };

/**
 * Waits, without a timer, until everything has run that is due now: all microtasks, and a task that
 * somebody has asked for. Two tasks, as one may come before another that was asked for earlier.
 */
export async function settleTasks(): Promise<void> {
  await nextTaskEnd();
  await nextTaskEnd();
}

function nextTaskEnd(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
