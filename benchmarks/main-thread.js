// Lets a page ask what its main thread did: times of the processor, which a busy machine does not
// stretch as it does those of the clock.

/** @typedef {{ pid: number, tid: number, name: string, ph: string, dur?: number, tdur?: number, args?: { name?: string } }} TraceEvent */

/**
 * Gives a page `startTrace()` and `endTrace()`, which tells how long the main thread was at work in
 * all, and the longest of its tasks, in milliseconds of the processor.
 *
 * @param {import("playwright").Page} page
 */
export async function exposeMainThread(page) {
  const { start, end } = await traceMainThread(page);
  await page.exposeFunction("startTrace", start);
  await page.exposeFunction("endTrace", end);
}

/** @param {import("playwright").Page} page */
export async function traceMainThread(page) {
  const session = await page.context().newCDPSession(page);
  /** @type {TraceEvent[]} */
  let events = [];
  session.on("Tracing.dataCollected", ({ value }) => {
    events.push(.../** @type {any} */ (value));
  });
  return {
    async start() {
      events = [];
      const includedCategories = ["toplevel", "disabled-by-default-devtools.timeline"];
      await session.send("Tracing.start", {
        traceConfig: { includedCategories },
        transferMode: "ReportEvents",
      });
    },
    async end() {
      const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
      await session.send("Tracing.end");
      await complete;
      return summarise(events);
    },
  };
}

/** @param {readonly TraceEvent[]} events */
function summarise(events) {
  const mainThreads = new Set(
    events
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(idOf),
  );
  const tasks = events.filter((event) => isTask(event) && mainThreads.has(idOf(event)));
  const times = tasks.map(({ tdur = 0 }) => tdur / 1_000);
  return {
    longest: times.reduce((most, ms) => Math.max(most, ms), 0),
    total: times.reduce((sum, ms) => sum + ms, 0),
    over50: times.filter((ms) => ms > 50).length,
  };
}

/** @param {TraceEvent} event */
function isTask({ name, ph }) {
  return ph === "X" && name === "RunTask";
}

/** @param {TraceEvent} event */
function idOf({ pid, tid }) {
  return `${pid}/${tid}`;
}
