import { describe, expect, it } from "vitest";
import { nextTask } from "./next-task.js";

describe("nextTask", () => {
  it("calls after all microtasks, also those that microtasks ask for", async () => {
    const log: string[] = [];

    await new Promise<void>((resolve) => {
      nextTask(() => {
        log.push("task");
        resolve();
      });
      const chain = (left: number): void => {
        log.push("microtask");
        if (left > 1) void Promise.resolve(left - 1).then(chain);
      };
      chain(50);
    });

    expect(log).toEqual([...Array<string>(50).fill("microtask"), "task"]);
  });

  it("calls once, and each in a task of its own", async () => {
    const log: string[] = [];
    const run = (resolve: () => void) => {
      log.push("task");
      void Promise.resolve().then(() => {
        log.push("its microtask");
        resolve();
      });
    };

    await Promise.all(
      Array.from({ length: 3 }, () => new Promise<void>((resolve) => nextTask(() => run(resolve)))),
    );
    await new Promise<void>((resolve) => nextTask(resolve));

    expect(log).toEqual(Array.from({ length: 3 }, () => ["task", "its microtask"]).flat());
  });
});
