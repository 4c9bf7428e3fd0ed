import { beforeEach, describe, expect, it, vi } from "vitest";
import { turnEnd } from "../fixtures/turn.js";
import {
  createPubSub,
  isBusError,
  type Message,
  type MessageStream,
  type PubSubBus,
  StreamOverflowError,
  stream,
} from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

const DONE = { value: undefined, done: true };

describe("a stream that is full", () => {
  let bus: PubSubBus;

  beforeEach(() => {
    // Its time stands still: no turn is cut in two, however slow the machine.
    bus = createPubSub({ clock: new ManualClock(), retention: { maxMessages: 5_000 } });
  });

  async function publish(...payloads: unknown[]): Promise<void> {
    for (const payload of payloads) bus.publish("a", payload);
    await turnEnd();
  }

  /** Reads what waits, to the end of the stream. */
  async function rest(messages: AsyncIterable<Message>): Promise<unknown[]> {
    const read: unknown[] = [];
    for await (const { payload } of messages) read.push(payload);
    return read;
  }

  /** Reads so many messages. */
  async function take(messages: MessageStream, count: number): Promise<unknown[]> {
    const read: unknown[] = [];
    for (let n = 0; n < count; n += 1) read.push((await messages.next()).value?.payload);
    return read;
  }

  it("drops the oldest by default", async () => {
    const messages = stream(bus, "a", { buffer: 2, onDrop: () => {} });
    await publish(1, 2, 3, 4, 5);

    expect(messages.dropped).toBe(3);
    expect(await take(messages, 2)).toEqual([4, 5]);
  });

  it("drops the newest where that is asked for", async () => {
    const messages = stream(bus, "a", { buffer: 2, overflow: "drop-newest", onDrop: () => {} });
    await publish(1, 2, 3, 4, 5);

    expect(messages.dropped).toBe(3);
    expect(await take(messages, 2)).toEqual([1, 2]);
  });

  it("holds 1,024 messages by default", async () => {
    const messages = stream(bus, "a", { onDrop: () => {} });
    await publish(...Array(1_024).keys());
    expect(messages.dropped).toBe(0);

    await publish("one more");

    expect(messages.dropped).toBe(1);
    expect(await take(messages, 1)).toEqual([1]);
  });

  it("tells of drops once a turn", async () => {
    const told: number[] = [];
    const messages = stream(bus, "a", { buffer: 1, onDrop: (count) => told.push(count) });
    await publish(1);
    expect(told).toEqual([]);

    await publish(2, 3);
    await publish(4);
    await take(messages, 1);
    await publish(5);
    await publish(6, 7, 8);

    expect(told).toEqual([2, 1, 3]);
    expect(messages.dropped).toBe(6);
  });

  it("tells of what a replay dropped, after the call", async () => {
    const told: number[] = [];
    await publish(1, 2, 3);
    const messages = stream(bus, "a", { buffer: 1, replay: 3, onDrop: (n) => told.push(n) });
    expect([messages.dropped, told]).toEqual([2, []]);

    await turnEnd();

    expect(told).toEqual([2]);
    expect(await take(messages, 1)).toEqual([3]);
  });

  it("warns once when nobody is told", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    stream(bus, "a", { buffer: 1 });
    await publish(1, 2, 3);
    await publish(4);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toMatch(
      /^\[@pubsub-mfe\/core\] A stream of "a" has dropped 2 messages, as 1 were waiting\./,
    );

    stream(bus, "a", { buffer: 1 });
    await publish(5, 6);
    expect(warn).toHaveBeenCalledTimes(2);
  });

  it("tells nothing more once it was left", async () => {
    const onDrop = vi.fn();
    const messages = stream(bus, "a", { buffer: 1, onDrop });
    bus.subscribe("a", ({ payload }) => payload === 2 && messages.return());
    await publish(1, 2);

    expect(messages.dropped).toBe(1);
    expect(onDrop).not.toHaveBeenCalled();
  });

  it("ends with what onDrop throws, after what waits", async () => {
    const problem = new Error("refused");
    const messages = stream(bus, "a", {
      buffer: 1,
      onDrop: () => {
        throw problem;
      },
    });
    await publish(1, 2);

    expect(bus.handlerCount()).toBe(0);
    expect(await take(messages, 1)).toEqual([2]);
    await expect(messages.next()).rejects.toBe(problem);
    expect(await messages.next()).toEqual(DONE);
  });

  it("ends a reader that waits already with what onDrop throws", async () => {
    const problem = new Error("refused");
    let settled: Promise<unknown> | undefined;
    const messages: MessageStream = stream(bus, "a", {
      buffer: 1,
      onDrop: () => {
        const next = () => messages.next();
        settled = Promise.allSettled([next(), next(), next()]);
        throw problem;
      },
    });
    await publish(1, 2);

    expect(await settled).toMatchObject([
      { value: { value: { payload: 2 } } },
      { reason: problem },
      { value: DONE },
    ]);
  });

  it("throws after what waits where that is asked for, and ends", async () => {
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, "removeEventListener");
    const messages = stream(bus, "a", { buffer: 2, overflow: "throw", signal });
    await publish(1, 2, 3, 4);
    expect(bus.handlerCount()).toBe(0);
    expect(messages.dropped).toBe(0);

    expect(await take(messages, 2)).toEqual([1, 2]);
    const error = await messages.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StreamOverflowError);
    expect(isBusError(error, "STREAM_OVERFLOW")).toBe(true);
    expect(error).toMatchObject({
      name: "StreamOverflowError",
      message: expect.stringMatching(/^A stream of "a" was full: 2 messages were waiting/),
      pattern: "a",
      buffer: 2,
    });
    expect(await messages.next()).toEqual(DONE);
    expect(removed).toHaveBeenCalled();
  });

  it("throws in the midst of a replay, too", async () => {
    await publish(1, 2, 3);
    const messages = stream(bus, "a", { buffer: 1, overflow: "throw", replay: 3 });

    expect(bus.handlerCount()).toBe(0);
    await expect(rest(messages)).rejects.toThrow(StreamOverflowError);
  });

  it("ends quietly when it is left or aborted before it threw", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = stream(bus, "a", { buffer: 1, overflow: "throw", signal });
    const left = stream(bus, "a", { buffer: 1, overflow: "throw" });
    await publish(1, 2);

    controller.abort();
    await left.return();

    expect([await aborted.next(), await left.next()]).toEqual([DONE, DONE]);
  });
});
