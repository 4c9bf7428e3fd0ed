import { nextTask } from "../delivery/next-task.js";

/** What Node has for it; a page may have one that is made of something else. */
interface NodeGlobal {
  readonly process?: { readonly nextTick?: (fn: () => void) => void };
}

/**
 * Runs a function in a task of its own, and another one when no microtask of that task is left, nor
 * of those that these set off.
 */
export function runToTheLastMicrotask(fn: () => void, then: () => void): void {
  const { port1, port2 } = new MessageChannel();
  let microtasksRan = false;
  port1.addEventListener("message", () => {
    queueMicrotask(() => {
      microtasksRan = true;
    });
    fn();
  });
  // A browser runs all microtasks between two listeners of one event.
  port1.addEventListener("message", () => {
    port1.close();
    if (microtasksRan) then();
    else afterMicrotasks(then);
  });
  port1.start();
  port2.postMessage(null);
}

/** Node runs what a microtask puts off to the next tick when there are no microtasks any more. */
function afterMicrotasks(then: () => void): void {
  const { process } = globalThis as NodeGlobal;
  queueMicrotask(() => {
    if (process?.nextTick) process.nextTick(then);
    else nextTask(then);
  });
}
