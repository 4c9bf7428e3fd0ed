import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "./clock.js";

describe("systemClock", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("shows the wall clock", () => {
    vi.setSystemTime(1_234);

    expect(systemClock.now()).toBe(1_234);
  });

  it("measures time that passes, whatever the wall clock does", () => {
    const start = systemClock.monotonic();

    vi.advanceTimersByTime(250);
    vi.setSystemTime(0);

    expect(systemClock.monotonic() - start).toBe(250);
  });

  it("calls once after the delay", () => {
    const fn = vi.fn();
    systemClock.setTimer(fn, 100);

    vi.advanceTimersByTime(99);
    expect(fn).not.toHaveBeenCalled();

    vi.advanceTimersByTime(1_000);
    expect(fn).toHaveBeenCalledTimes(1);
  });

  it("does not call what was cancelled", () => {
    const fn = vi.fn();
    const cancel = systemClock.setTimer(fn, 100);

    cancel();
    cancel();
    vi.advanceTimersByTime(1_000);

    expect(fn).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
