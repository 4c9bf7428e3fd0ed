/** Makes a function that has the work done at once, and then no more often than once a period. */
export function throttle(
  work: () => void,
  periodMs: number,
  signal: AbortSignal,
): (this: void) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWanted = false;
  signal.addEventListener("abort", () => clearTimeout(timer));
  const run = (): void => {
    isWanted = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (isWanted) run();
    }, periodMs);
    work();
  };
  return () => {
    if (signal.aborted) return;
    isWanted = true;
    if (timer === undefined) run();
  };
}
