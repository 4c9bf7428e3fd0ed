import type { HostParts } from "../start-host.js";
import type { StorageFaults } from "./storage-faults.js";

/** Shows how many messages of this tab are stored, and how many are not and wait in memory. */
export function showStored(
  chip: HTMLElement,
  badge: HTMLElement,
  { bus, history }: Pick<HostParts, "bus" | "history">,
  faults: StorageFaults,
): void {
  const draw = (): void => {
    const { messagesPersisted, pending, degraded } = history.getStats();
    chip.textContent = degraded
      ? `✕ ${pending > 0 ? `${pending} ` : ""}not stored`
      : `${messagesPersisted} stored`;
    chip.title = "Messages of this tab";
    chip.classList.toggle("failing", degraded);
    badge.textContent = degraded ? "✕" : "";
    badge.title = degraded ? "Nothing is stored now" : "";
  };
  let isWaiting = false;
  // Changes with messages only, and is drawn once for all that were stored together.
  const drawWhenStored = async (): Promise<void> => {
    if (isWaiting) return;
    isWaiting = true;
    // What cannot be stored is told elsewhere.
    await history.flush().catch(() => {});
    isWaiting = false;
    draw();
  };
  bus.subscribe("#", () => void drawWhenStored());
  // What waited in memory goes to the disk as soon as it can, and not at the next collection.
  faults.onChange(() => void drawWhenStored());
  void drawWhenStored();
}
