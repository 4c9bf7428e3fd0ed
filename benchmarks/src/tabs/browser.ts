import type { CandidateName } from "./candidates.js";
import type { LinkName } from "./links.js";

/** What the runner does for the page that measures; see ../../tabs.js. */
interface Runner {
  openTab(address: string): Promise<number>;
  endTab(tab: number, how: Ending): Promise<number>;
  isRestored(tab: number): Promise<boolean>;
  closeTab(tab: number): Promise<void>;
  cpuMs(): Promise<number>;
}

/** How the tab that leads goes. */
export type Ending = "closed" | "crashed" | "cached" | "frozen";

const runner = globalThis as unknown as Runner;

/** Opens a tab behind this one, in a process of its own; resolves when it is ready, or leads. */
export function openTab(
  role: "link" | "candidate",
  name: LinkName | CandidateName,
  channel: string,
): Promise<number> {
  return runner.openTab(`/other-tab?${new URLSearchParams({ role, name, channel })}`);
}

/** @returns when that began, in milliseconds since the epoch */
export const endTab = (tab: number, how: Ending): Promise<number> => runner.endTab(tab, how);

/** Whether a tab comes back out of the back/forward cache. */
export const isRestored = (tab: number): Promise<boolean> => runner.isRestored(tab);

export const closeTab = (tab: number): Promise<void> => runner.closeTab(tab);

/** What all processes of the browser have worked so far, in milliseconds of the processor. */
export const cpuMs = (): Promise<number> => runner.cpuMs();
