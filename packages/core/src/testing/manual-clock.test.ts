import { describe, expect, it } from "vitest";
import { ManualClock } from "./manual-clock.js";

describe("ManualClock", () => {
  it("stands still until it is advanced", () => {
    const clock = new ManualClock(1_000);

    expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
    clock.advance(5);
    expect([clock.now(), clock.monotonic()]).toEqual([1_005, 5]);
  });

  it("lets its wall clock be set back, which monotonic does not follow", () => {
    const clock = new ManualClock(1_000);
    clock.advance(5);

    clock.wallMs = 500;
    clock.advance(1);

    expect([clock.now(), clock.monotonic()]).toEqual([501, 6]);
  });

  it("fires timers when they are due, each at its moment, and those of one moment as they were set", () => {
    const clock = new ManualClock(0);
    const log: string[] = [];
    const set = (name: string, delayMs: number) =>
      clock.setTimer(() => log.push(`${name} at ${clock.now()}/${clock.monotonic()}`), delayMs);
    set("late", 20);
    set("first of two", 10);
    set("early", 5);
    set("second of two", 10);
    set("too late", 21);

    clock.advance(20);

    expect(log).toEqual([
      "early at 5/5",
      "first of two at 10/10",
      "second of two at 10/10",
      "late at 20/20",
    ]);
    expect([clock.timerCount, clock.nextTimerMs]).toEqual([1, 21]);
  });

  it("fires what timers set meanwhile, behind those that are due at the same moment", () => {
    const clock = new ManualClock();
    const log: string[] = [];
    clock.setTimer(() => {
      log.push("a");
      clock.setTimer(() => log.push("set by a, at once"), 0);
      clock.setTimer(() => log.push("set by a, in time"), 5);
      clock.setTimer(() => log.push("set by a, after the end"), 6);
    }, 5);
    clock.setTimer(() => log.push("b"), 5);

    clock.advance(10);

    expect(log).toEqual(["a", "b", "set by a, at once", "set by a, in time"]);
  });

  it("does not fire a timer that was cancelled, also by one before it", () => {
    const clock = new ManualClock();
    const log: string[] = [];
    const cancels = [3, 1, 2].map((ms) => clock.setTimer(() => log.push(`after ${ms}`), ms));
    clock.setTimer(() => cancels[2]?.(), 1);

    cancels[0]?.();
    cancels[0]?.();
    clock.advance(10);

    expect(log).toEqual(["after 1"]);
    expect([clock.timerCount, clock.nextTimerMs]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it("takes a negative delay for none", () => {
    const clock = new ManualClock();
    const log: string[] = [];
    clock.setTimer(() => log.push("0"), 0);
    clock.setTimer(() => log.push("-5"), -5);

    clock.advance(0);

    expect(log).toEqual(["0", "-5"]);
    expect(clock.monotonic()).toBe(0);
  });

  it("passes on what a timer throws, and goes on from there", () => {
    const clock = new ManualClock();
    const log: string[] = [];
    clock.setTimer(() => {
      throw new Error("no");
    }, 5);
    clock.setTimer(() => log.push("next"), 5);

    expect(() => clock.advance(10)).toThrow("no");
    expect([clock.monotonic(), log]).toEqual([5, []]);
    clock.advance(5);

    expect([clock.monotonic(), log]).toEqual([10, ["next"]]);
  });

  it("does not step back when a timer advances it", () => {
    const clock = new ManualClock(0);
    const log: number[] = [];
    clock.setTimer(() => clock.advance(100), 5);
    clock.setTimer(() => log.push(clock.monotonic()), 50);

    clock.advance(10);

    expect(log).toEqual([50]);
    expect([clock.now(), clock.monotonic()]).toEqual([105, 105]);
  });

  it("fires one timer at a time", () => {
    const clock = new ManualClock();
    const log: number[] = [];
    for (const ms of [7, 3]) clock.setTimer(() => log.push(ms), ms);

    expect([clock.fireNext(), clock.monotonic(), [...log]]).toEqual([true, 3, [3]]);
    expect([clock.fireNext(), clock.monotonic(), [...log]]).toEqual([true, 7, [3, 7]]);
    expect([clock.fireNext(), clock.monotonic()]).toEqual([false, 7]);
  });

  it("ends an advance in which a timer sets itself again for ever", () => {
    const clock = new ManualClock();
    const again = () => void clock.setTimer(again, 0);
    again();

    expect(() => clock.advance(1)).toThrow(
      "100000 timers fired while the clock stood still: does one set itself again with a delay of 0?",
    );
  });

  it.each([2 ** 31, Number.POSITIVE_INFINITY, Number.NaN])("refuses a delay of %d", (delayMs) => {
    expect(() => new ManualClock().setTimer(() => {}, delayMs)).toThrow(
      `The delay of a timer is ${delayMs}: it must be a number of milliseconds, at most 2147483647. For a longer one set another timer when it fires.`,
    );
  });

  it.each([-1, Number.POSITIVE_INFINITY, Number.NaN])("refuses to advance by %d", (ms) => {
    expect(() => new ManualClock().advance(ms)).toThrow(
      `The clock is to advance by ${ms}: it must be a number of milliseconds, 0 or more.`,
    );
  });
});
