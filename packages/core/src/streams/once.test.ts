import { beforeEach, describe, expect, expectTypeOf, it, type MockInstance, vi } from "vitest";
import { turnEnd } from "../fixtures/turn.js";
import {
  createPubSub,
  isBusError,
  type Message,
  once,
  type PubSubBus,
  scope,
  systemClock,
  type Unsubscribe,
  WaitTimeoutError,
} from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Counts the timers that are set and neither due nor cancelled. */
class CountingClock extends ManualClock {
  pending = 0;

  override setTimer(fn: () => void, delayMs: number): () => void {
    expect(delayMs).toBeLessThanOrEqual(LONGEST_TIMER_MS);
    let isPending = true;
    const settle = () => {
      if (isPending) this.pending -= 1;
      isPending = false;
    };
    this.pending += 1;
    const cancel = super.setTimer(() => {
      settle();
      fn();
    }, delayMs);
    return () => {
      settle();
      cancel();
    };
  }
}

describe("once", () => {
  let bus: PubSubBus;
  let clock: CountingClock;
  let controller: AbortController;
  let added: MockInstance;
  let removed: MockInstance;

  beforeEach(() => {
    bus = createPubSub({ clock: new ManualClock() });
    clock = new CountingClock();
    controller = new AbortController();
    added = vi.spyOn(controller.signal, "addEventListener");
    removed = vi.spyOn(controller.signal, "removeEventListener");
  });

  function expectNothingLeft(): void {
    const listeners = added.mock.calls.filter(
      ([, listener]) => !removed.mock.calls.some(([, one]) => one === listener),
    );
    expect([bus.handlerCount(), clock.pending, listeners]).toEqual([0, 0, []]);
  }

  /** Waits with every option that could leave something behind. */
  function wait(filter?: (message: Message) => boolean): Promise<Message> {
    const { signal } = controller;
    return once(bus, "cart.#", { signal, timeout: 100, clock, ...(filter && { filter }) });
  }

  it("resolves with the next message that matches, and leaves nothing behind", async () => {
    bus.publish("cart.item.added", "before");
    const pending = wait();
    bus.publish("order.placed", "other");
    const published = bus.publish("cart.item.added", "first");
    bus.publish("cart.item.added", "second");

    expect(await pending).toBe(published);
    expectNothingLeft();
  });

  it("passes over messages that the filter refuses", async () => {
    const seen: unknown[] = [];
    const pending = wait(({ payload }) => {
      seen.push(payload);
      return payload === 2;
    });
    for (const n of [1, 2, 3]) bus.publish("cart", n);

    expect((await pending).payload).toBe(2);
    expect(seen).toEqual([1, 2]);
    expectNothingLeft();
  });

  it("rejects with what the filter throws, and asks it no more", async () => {
    const problem = new Error("no such field");
    const filter = vi.fn(() => {
      throw problem;
    });
    const pending = wait(filter);
    bus.publish("cart", 1);
    bus.publish("cart", 2);

    await expect(pending).rejects.toBe(problem);
    expect(filter).toHaveBeenCalledTimes(1);
    expectNothingLeft();
  });

  it("rejects when none comes in time", async () => {
    const pending = wait();
    clock.advance(99);
    expect(bus.handlerCount()).toBe(1);

    clock.advance(1);

    expectNothingLeft();
    const error = await pending.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WaitTimeoutError);
    expect(isBusError(error, "WAIT_TIMEOUT")).toBe(true);
    expect(error).toMatchObject({
      name: "WaitTimeoutError",
      message: expect.stringMatching(/^No message of "cart\.#" came within 100 ms/),
      pattern: "cart.#",
      timeoutMs: 100,
    });
  });

  it("rejects when the time is up at once, but not in the call", async () => {
    const pending = once(bus, "cart", { timeout: 0, clock });
    const rejected = vi.fn();
    pending.catch(rejected);
    await turnEnd();
    expect(rejected).not.toHaveBeenCalled();

    clock.advance(0);

    await expect(pending).rejects.toThrow(WaitTimeoutError);
  });

  it("waits longer than a timer of the platform can", async () => {
    const timeout = 2 * LONGEST_TIMER_MS + 10;
    const pending = once(bus, "cart", { timeout, clock });

    clock.advance(LONGEST_TIMER_MS);
    clock.advance(LONGEST_TIMER_MS);
    clock.advance(9);
    expect(bus.handlerCount()).toBe(1);
    clock.advance(1);

    await expect(pending).rejects.toThrow(`within ${timeout} ms`);
    expectNothingLeft();
  });

  it("cancels whichever timer of a long wait is running", async () => {
    const pending = once(bus, "cart", { timeout: 2 * LONGEST_TIMER_MS, clock });
    clock.advance(LONGEST_TIMER_MS);
    bus.publish("cart", 1);

    await pending;

    expectNothingLeft();
  });

  it("sets no timer for Infinity, nor without a timeout", async () => {
    const pending = [once(bus, "cart", { timeout: Infinity, clock }), once(bus, "cart", { clock })];
    expect(clock.pending).toBe(0);
    clock.advance(Number.MAX_SAFE_INTEGER);
    bus.publish("cart", 1);

    expect(await Promise.all(pending)).toMatchObject([{ payload: 1 }, { payload: 1 }]);
  });

  it("uses the time of the bus by default, also through a scope", async () => {
    const clock = new ManualClock();
    const tested = createPubSub({ clock });
    const waits = [tested, scope(tested, "cart")].map((at) => once(at, "cart", { timeout: 100 }));

    clock.advance(100);

    for (const wait of waits) await expect(wait).rejects.toThrow(WaitTimeoutError);
  });

  it("uses the platform's time where a bus has no other", async () => {
    const cancel = vi.fn();
    const setTimer = vi.spyOn(systemClock, "setTimer").mockReturnValue(cancel);
    const plain = createPubSub();
    const pending = once(plain, "cart", { timeout: 5_000 });
    expect(setTimer).toHaveBeenCalledWith(expect.any(Function), 5_000);
    plain.publish("cart", 1);

    await pending;

    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it("rejects with the signal's reason when it aborts", async () => {
    const filter = vi.fn(() => true);
    const pending = wait(filter);
    bus.publish("cart", 1);

    controller.abort("unmounted");

    expectNothingLeft();
    await expect(pending).rejects.toBe("unmounted");
    await turnEnd();
    expect(filter).not.toHaveBeenCalled();
  });

  it("keeps its message when the signal aborts later", async () => {
    const pending = wait();
    bus.publish("cart", 1);
    const { payload } = await pending;

    controller.abort();

    expect(payload).toBe(1);
    expectNothingLeft();
  });

  it("subscribes nothing when the signal has already aborted", async () => {
    const subscribe = vi.spyOn(bus, "subscribe");
    controller.abort("too late");

    await expect(wait()).rejects.toBe("too late");
    expect(subscribe).not.toHaveBeenCalled();
    expectNothingLeft();
  });

  it.each([-1, Number.NaN, "100" as unknown as number, null as unknown as number])(
    "rejects a timeout of %s",
    async (timeout) => {
      const subscribe = vi.spyOn(bus, "subscribe");

      const error = await once(bus, "cart", { timeout, clock }).catch((reason: unknown) => reason);

      expect(isBusError(error, "INVALID_ARGUMENT")).toBe(true);
      expect((error as Error).message).toMatch(/^timeout is /);
      expect(subscribe).not.toHaveBeenCalled();
    },
  );

  it("rejects, and does not throw, for a pattern that is none", async () => {
    const { signal } = controller;
    const pending = once(bus, "cart..added", { signal, timeout: 100, clock });

    await expect(pending).rejects.toMatchObject({ code: "INVALID_TOPIC" });
    expectNothingLeft();
  });

  it("rejects on a disposed bus", async () => {
    bus.dispose();

    await expect(wait()).rejects.toMatchObject({ code: "BUS_DISPOSED" });
    expectNothingLeft();
  });

  it("does not count against the limit on handlers", async () => {
    bus = createPubSub({ maxHandlersPerTopic: 1 });
    const pending = Array.from({ length: 1_000 }, (_, n) =>
      once(bus, "cart", { filter: ({ payload }) => payload === n }),
    );
    for (let n = 0; n < 1_000; n += 1) bus.publish("cart", n);

    const messages = await Promise.all(pending);

    expect(messages.map(({ payload }) => payload)).toEqual([...Array(1_000).keys()]);
    expect(bus.handlerCount()).toBe(0);
  });

  it("ends with the scope that it waits on, whatever its own signal does", async () => {
    const cart = scope(bus, "cart");
    const own = new AbortController();
    const pending = [once(cart, "a"), once(cart, "a", { signal: own.signal })];

    cart.dispose();

    expect(bus.handlerCount()).toBe(0);
    for (const wait of pending) await expect(wait).rejects.toBe(cart.signal.reason);
    await expect(once(cart, "a")).rejects.toMatchObject({ code: "BUS_DISPOSED" });
  });

  it("ends with its bus", async () => {
    const pending = once(bus, "a");

    bus.dispose();

    await expect(pending).rejects.toThrow("Cannot go on: bus has been disposed.");
    await expect(pending).rejects.toBe(bus.signal.reason);
  });

  it("ends by its own signal on a scope, too", async () => {
    const cart = scope(bus, "cart");
    const own = new AbortController();
    const pending = once(cart, "a", { signal: own.signal });

    own.abort("mine");

    await expect(pending).rejects.toBe("mine");
    expect(bus.handlerCount()).toBe(0);
  });

  it("copes with a bus that delivers inside subscribe", async () => {
    // biome-ignore lint/suspicious/noExplicitAny: a handler of any payload takes it
    const message = bus.publish<any>("cart", 1);
    const eager: Pick<PubSubBus, "subscribe"> = {
      subscribe(_pattern, handler): Unsubscribe {
        handler(message);
        return () => {};
      },
    };

    expect(await once(eager, "cart", { timeout: 100, clock })).toBe(message);
    expect(clock.pending).toBe(0);
  });

  it("is typed by its payload", () => {
    expectTypeOf(once<{ sku: string }>).returns.resolves.toEqualTypeOf<Message<{ sku: string }>>();
  });
});
