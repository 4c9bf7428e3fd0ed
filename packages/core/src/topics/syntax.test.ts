import { beforeEach, describe, expect, it } from "vitest";
import { createPubSub, InvalidTopicError, type PubSubBus } from "../index.js";

let bus: PubSubBus;

beforeEach(() => {
  bus = createPubSub();
});

describe("a topic", () => {
  it.each(["a", "cart.item.added", "A-1.b_2", "-", "_", "0", "__proto__", "a-.-b"])(
    "may be %s",
    (topic) => {
      expect(bus.publish(topic, 1).topic).toBe(topic);
      expect(() => bus.subscribe(topic, () => {})).not.toThrow();
    },
  );

  it.each([
    ["", 'Invalid topic "": it is empty. Write segments joined by dots, like "cart.item.added".'],
    [
      "cart..added",
      'Invalid topic "cart..added": segment 2 of 3 is empty. Remove the dot too many, as in "cart.item.added".',
    ],
    [
      ".",
      'Invalid topic ".": segment 1 of 2 is empty. Remove the dot too many, as in "cart.item.added".',
    ],
    [
      "cart.",
      'Invalid topic "cart.": segment 2 of 2 is empty. Remove the dot too many, as in "cart.item.added".',
    ],
    [
      "cart.+",
      'Invalid topic "cart.+": "+" is a wildcard, and wildcards are for subscribing. Publish under a whole topic, like "cart.item.added".',
    ],
    [
      "#",
      'Invalid topic "#": "#" is a wildcard, and wildcards are for subscribing. Publish under a whole topic, like "cart.item.added".',
    ],
    [
      "cart.it em",
      'Invalid topic "cart.it em": segment 2 of 2, "it em", has a character other than A-Z, a-z, 0-9, "_" and "-". Replace it.',
    ],
    [
      "cart\n",
      'Invalid topic "cart\\n": segment 1 of 1, "cart\\n", has a character other than A-Z, a-z, 0-9, "_" and "-". Replace it.',
    ],
    [
      "kärt",
      'Invalid topic "kärt": segment 1 of 1, "kärt", has a character other than A-Z, a-z, 0-9, "_" and "-". Replace it.',
    ],
    [undefined, 'Invalid topic undefined: it must be a string, like "cart.item.added".'],
    [["a"], 'Invalid topic an array: it must be a string, like "cart.item.added".'],
    [Symbol("a"), 'Invalid topic Symbol(a): it must be a string, like "cart.item.added".'],
  ])("cannot be %o", (topic, message) => {
    // With and without wildcards subscribed, as topics are looked up in two ways.
    expect(() => bus.publish(topic as string, 1)).toThrow(new InvalidTopicError(topic, message));
    bus.subscribe("#", () => {});
    expect(() => bus.publish(topic as string, 1)).toThrow(new InvalidTopicError(topic, message));

    expect(bus.getStats().messageCount.published).toBe(0);
  });

  it("is cut short in the message when it is huge", () => {
    const topic = `${"x".repeat(1_000_000)}!`;

    expect(() => bus.publish(topic, 1)).toThrow(
      `Invalid topic "${"x".repeat(80)}"…: segment 1 of 1, "${"x".repeat(80)}"…, has`,
    );
  });
});

describe("a pattern", () => {
  it.each(["#", "+", "a.#", "a.+", "+.+.#", "+.b.+"])("may be %s", (pattern) => {
    expect(() => bus.subscribe(pattern, () => {})).not.toThrow();
  });

  it.each([
    [
      "a.#.b",
      'Invalid pattern "a.#.b": "#" must be the last segment, as in "cart.#". For one segment in the middle use "+".',
    ],
    [
      "#.#",
      'Invalid pattern "#.#": "#" must be the last segment, as in "cart.#". For one segment in the middle use "+".',
    ],
    [
      "a.b+",
      'Invalid pattern "a.b+": segment 2 of 2, "b+", has a character other than A-Z, a-z, 0-9, "_" and "-"; "+" and "#" stand alone between dots. Replace it.',
    ],
    [
      "a.*",
      'Invalid pattern "a.*": segment 2 of 2, "*", has a character other than A-Z, a-z, 0-9, "_" and "-"; "+" and "#" stand alone between dots. For any one segment write "+", for all that follow "#".',
    ],
    [
      "a..#",
      'Invalid pattern "a..#": segment 2 of 3 is empty. Remove the dot too many, as in "cart.item.added".',
    ],
    ["", 'Invalid pattern "": it is empty. Write segments joined by dots, like "cart.item.added".'],
    [null, 'Invalid pattern null: it must be a string, like "cart.item.added".'],
  ])("cannot be %o", async (pattern, message) => {
    const error = new InvalidTopicError(pattern, message);

    expect(() => bus.subscribe(pattern as string, () => {})).toThrow(error);
    await expect(bus.getHistory(pattern as string)).rejects.toThrow(error);
    expect(bus.handlerCount()).toBe(0);
  });
});
