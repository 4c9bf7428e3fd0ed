import type { EventPosition } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { expect, it } from "vitest";
import { Progress } from "./progress.js";

it("who begins to wait for where the rows are already is told when somebody looks again", async () => {
  const clock = new ManualClock();
  const progress = new Progress(clock, () => {});
  const position = "7" as EventPosition;
  progress.moveTo(position);

  // The rows were looked at before they came there, and the answer was late.
  const waiting = progress.wait(position, 5_000, undefined, () => new Error("too late"));
  progress.moveTo(position);

  await waiting;
  expect(clock.timerCount).toBe(0);
});
