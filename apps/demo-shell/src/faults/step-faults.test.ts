// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type StepFault, StepFaults } from "./step-faults.js";

const reload = vi.fn();
const deed = vi.fn(async () => "done");

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
  reload.mockClear();
  deed.mockClear();
});

afterEach(() => {
  vi.useRealTimers();
});

function faultsWith(fault: StepFault): StepFaults {
  const faults = new StepFaults(reload);
  faults.set("payment", fault);
  return faults;
}

describe("StepFaults", () => {
  it("are shared by all who have the storage, and tell of changes", () => {
    const heard = vi.fn();
    const faults = new StepFaults(reload);
    const stop = faults.onChange(heard);

    faults.set("payment", "hang");
    stop();
    faults.set("order", "delay");

    expect(new StepFaults(reload).get("payment")).toBe("hang");
    expect(faults.get("reserve")).toBe("none");
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it("are none where the storage has what is no fault", () => {
    localStorage.setItem("step.faults", '{"payment":"explode"}');
    expect(new StepFaults(reload).get("payment")).toBe("none");
    localStorage.setItem("step.faults", "{");
    expect(new StepFaults(reload).get("payment")).toBe("none");
  });

  it("fail once, before the deed", async () => {
    const faults = faultsWith("fail-once");
    const { signal } = new AbortController();

    await expect(faults.during("payment", signal, deed)).rejects.toThrow("It failed once");
    expect(deed).not.toHaveBeenCalled();
    await expect(faults.during("payment", signal, deed)).resolves.toBe("done");
  });

  it("fail always, of the one step", async () => {
    const faults = faultsWith("fail-always");
    const { signal } = new AbortController();

    await expect(faults.during("payment", signal, deed)).rejects.toThrow("It fails");
    await expect(faults.during("payment", signal, deed)).rejects.toThrow("It fails");
    await expect(faults.during("order", signal, deed)).resolves.toBe("done");
  });

  it("hang until nobody waits any more", async () => {
    const life = new AbortController();
    const hanging = expect(faultsWith("hang").during("payment", life.signal, deed)).rejects.toBe(1);

    await vi.advanceTimersByTimeAsync(60_000);
    life.abort(1);

    await hanging;
    expect(deed).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("delay the deed", async () => {
    const delayed = faultsWith("delay").during("payment", new AbortController().signal, deed);

    await vi.advanceTimersByTimeAsync(1_499);
    expect(deed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);

    await expect(delayed).resolves.toBe("done");
  });

  it("reload once, after the deed and before anybody hears of it", async () => {
    const faults = faultsWith("reload");
    const life = new AbortController();

    const reloading = faults.during("payment", life.signal, deed);
    await vi.advanceTimersByTimeAsync(0);

    expect(deed).toHaveBeenCalledOnce();
    expect(reload).toHaveBeenCalledOnce();
    expect(faults.get("payment")).toBe("none");
    life.abort(1);
    await expect(reloading).rejects.toBe(1);
  });

  it("have the compensation fail, and not the action", async () => {
    const faults = faultsWith("compensation-fails");

    await expect(faults.during("payment", new AbortController().signal, deed)).resolves.toBe(
      "done",
    );
    await expect(faults.duringUndo("payment", deed)).rejects.toThrow("It can not be undone");
    await faults.duringUndo("order", deed);
    expect(deed).toHaveBeenCalledTimes(2);
  });
});
