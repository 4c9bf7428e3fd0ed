import { from } from "rxjs";
import { beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { turnEnd } from "../fixtures/turn.js";
import {
  createPubSub,
  type Message,
  type MessageStream,
  type PubSubBus,
  StreamOverflowError,
  scope,
  stream,
} from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

const DONE = { value: undefined, done: true };

describe("stream", () => {
  let bus: PubSubBus;

  beforeEach(() => {
    // Its time stands still: no turn is cut in two, however slow the machine.
    bus = createPubSub({ clock: new ManualClock(), retention: { maxMessages: 5_000 } });
  });

  async function publish(...payloads: unknown[]): Promise<void> {
    for (const payload of payloads) bus.publish("a", payload);
    await turnEnd();
  }

  /** Reads so many messages. */
  async function take(messages: MessageStream, count: number): Promise<unknown[]> {
    const read: unknown[] = [];
    for (let n = 0; n < count; n += 1) read.push((await messages.next()).value?.payload);
    return read;
  }

  it("hands out messages in order, from the call on", async () => {
    bus.publish("a", "before");
    const messages = stream(bus, "a.#");
    await publish(1, 2);
    const read: unknown[] = [];

    for await (const message of messages) {
      read.push(message.payload);
      if (read.length === 2) bus.publish("a.b", 3);
      if (read.length === 3) break;
    }

    expect(read).toEqual([1, 2, 3]);
    expect(messages.dropped).toBe(0);
    expect(bus.handlerCount()).toBe(0);
  });

  it("lets a reader wait, and gives several next() calls their messages in order", async () => {
    const messages = stream(bus, "a");
    const pending = Promise.all([messages.next(), messages.next(), messages.next()]);
    await publish(1, 2, 3, 4);

    expect((await pending).map(({ value }) => value?.payload)).toEqual([1, 2, 3]);
    expect(await take(messages, 1)).toEqual([4]);
  });

  it("is its own iterator", () => {
    const messages = stream(bus, "a");

    expect(messages[Symbol.asyncIterator]()).toBe(messages);
  });

  it("forgets by return() what waits, and ends every next()", async () => {
    const messages = stream(bus, "a");
    await publish(1);

    expect(await messages.return()).toEqual(DONE);
    expect(bus.handlerCount()).toBe(0);
    expect(await messages.next()).toEqual(DONE);
    expect(await messages.return()).toEqual(DONE);

    const waiting = stream(bus, "a");
    const pending = Promise.all([waiting.next(), waiting.next()]);
    await waiting.return();
    expect(await pending).toEqual([DONE, DONE]);
  });

  it("is silent once aborted, and ends quietly", async () => {
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const messages = stream(bus, "a", { signal: controller.signal });
    await publish(1);
    const read: unknown[] = [];

    for await (const { payload } of messages) {
      read.push(payload);
      await publish(2, 3);
      controller.abort("unmounted");
    }

    expect(read).toEqual([1]);
    expect(bus.handlerCount()).toBe(0);
    expect(removed).toHaveBeenCalled();
  });

  it("ends the waiting next() calls on abort", async () => {
    const controller = new AbortController();
    const messages = stream(bus, "a", { signal: controller.signal });
    const pending = Promise.all([messages.next(), messages.next()]);

    controller.abort();

    expect(await pending).toEqual([DONE, DONE]);
  });

  it("has one listener of its signal, and lets go of it on return()", async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");

    const messages = stream(bus, "a", { signal });
    expect(added).toHaveBeenCalledTimes(1);
    await messages.return();

    expect(removed.mock.calls[0]?.[1]).toBe(added.mock.calls[0]?.[1]);
  });

  it("subscribes nothing with a signal that has aborted, and is over at once", async () => {
    const events: string[] = [];
    bus = createPubSub({ onDiagnostic: ({ type }) => events.push(type) });
    const signal = AbortSignal.abort();
    const added = vi.spyOn(signal, "addEventListener");
    const messages = stream(bus, "a", { signal, replay: 1 });
    await publish(1);

    expect(events).toEqual(["publish"]);
    expect(added).not.toHaveBeenCalled();
    expect(await messages.next()).toEqual(DONE);
  });

  it("ends while it is being made", async () => {
    const controller = new AbortController();
    bus = createPubSub({ onDiagnostic: () => controller.abort() });

    const messages = stream(bus, "a", { signal: controller.signal });

    expect(await messages.next()).toEqual(DONE);
    expect(bus.handlerCount()).toBe(0);
  });

  it("ends with the scope that it reads", async () => {
    const cart = scope(bus, "cart");
    const messages = [
      stream(cart, "a"),
      stream(cart, "a", { signal: new AbortController().signal }),
    ];
    const pending = Promise.all(messages.map((one) => one.next()));

    cart.dispose();

    expect(await pending).toEqual([DONE, DONE]);
    expect(bus.handlerCount()).toBe(0);
    expect(() => stream(cart, "a")).toThrow("has been disposed");
  });

  it("ends with its bus, and hands out nothing that waits", async () => {
    const waiting = stream(bus, "a");
    const reading = stream(bus, "a").next();
    bus.publish("b", 1);
    bus.dispose();

    expect(await reading).toEqual(DONE);
    expect(await waiting.next()).toEqual(DONE);
  });

  it("passes replay and sourceFilter on", async () => {
    bus.publish("a", 1, { source: "cart" });
    bus.publish("a", 2);
    bus.publish("a", 3);
    const messages = stream(bus, "a", { replay: 2, sourceFilter: { exclude: ["cart"] } });
    bus.publish("a", 4, { source: "cart" });
    bus.publish("a", 5);

    expect(await take(messages, 3)).toEqual([2, 3, 5]);
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, "8" as unknown as number])(
    "refuses a buffer of %s",
    (buffer) => {
      expect(() => stream(bus, "a", { buffer })).toThrow(/^buffer is .* 1 or more\.$/);
      expect(bus.handlerCount()).toBe(0);
    },
  );

  it("refuses an overflow that it does not know", () => {
    const overflow = "drop" as "throw";

    expect(() => stream(bus, "a", { overflow })).toThrow(/^overflow is "drop": /);
  });

  it("throws what subscribe throws", () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");

    expect(() => stream(bus, "a..b", { signal })).toThrow("a..b");
    bus.dispose();
    expect(() => stream(bus, "a", { signal })).toThrow("bus has been disposed");
    expect(added).not.toHaveBeenCalled();
  });

  it("counts against the limit on handlers", () => {
    bus = createPubSub({ maxHandlersPerTopic: 1 });
    stream(bus, "a");

    expect(() => stream(bus, "a")).toThrow('"a" already has 1 handlers');
  });

  it("is ended by using and await using", async () => {
    {
      using one = stream(bus, "a");
      await using other = stream(bus, "a");
      bus.publish("a", 1);
      expect(await Promise.all([take(one, 1), take(other, 1)])).toEqual([[1], [1]]);
      expect(bus.handlerCount()).toBe(2);
    }

    expect(bus.handlerCount()).toBe(0);
  });

  it("has no dispose symbols where the platform has none", () => {
    const { asyncIterator } = Symbol;
    vi.stubGlobal(
      "Symbol",
      Object.assign(() => {}, { asyncIterator, for: Symbol.for }),
    );
    const messages = stream(bus, "a");
    vi.unstubAllGlobals();

    expect(Object.keys(messages)).toEqual([]);
    expect(messages[Symbol.asyncIterator]()).toBe(messages);
  });

  it("is taken by RxJS, and completes with its signal", async () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    const completed = new Promise<void>((resolve, reject) => {
      from(stream(bus, "a", { signal: controller.signal })).subscribe({
        next: ({ payload }) => seen.push(payload),
        error: reject,
        complete: resolve,
      });
    });
    await publish(1, 2);

    controller.abort();
    await completed;

    expect(seen).toEqual([1, 2]);
  });

  it("errors an observable when it overflows", async () => {
    const messages = stream(bus, "a", { buffer: 1, overflow: "throw" });
    await publish(1, 2);

    const seen: unknown[] = [];
    const error = await new Promise((resolve) => {
      from(messages).subscribe({ next: ({ payload }) => seen.push(payload), error: resolve });
    });

    expect(seen).toEqual([1]);
    expect(error).toBeInstanceOf(StreamOverflowError);
  });

  it("ends at the first message after an RxJS unsubscribe", async () => {
    const subscription = from(stream(bus, "a")).subscribe();
    await turnEnd();
    subscription.unsubscribe();
    expect(bus.handlerCount()).toBe(1);

    await publish(1);

    expect(bus.handlerCount()).toBe(0);
  });

  it("is typed by its payload", () => {
    expectTypeOf(stream<{ sku: string }>).returns.toEqualTypeOf<MessageStream<{ sku: string }>>();
    expectTypeOf<MessageStream<number>>().toExtend<AsyncIterableIterator<Message<number>>>();
  });
});
