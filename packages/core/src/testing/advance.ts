import type { ManualClock } from "./manual-clock.js";

/**
 * Lets time pass on a clock, timer by timer.
 *
 * @param settle - runs before the first, and after each
 */
export async function advanceStepwise(
  clock: ManualClock,
  ms: number,
  settle: () => Promise<void>,
): Promise<void> {
  const endMs = clock.momentAfter(ms);
  await settle();
  while (clock.nextTimerMs <= endMs) {
    clock.fireNext();
    await settle();
  }
  clock.moveTo(endMs);
  await settle();
}
