import type { Host } from "./contract.js";

/** Whether events can be kept here; where not, the shell has told why. */
export async function hasStorage({ history }: Pick<Host, "history">): Promise<boolean> {
  try {
    await history.streams.head();
    return true;
  } catch {
    return false;
  }
}
