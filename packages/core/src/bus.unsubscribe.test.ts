import { beforeEach, describe, expect, it } from "vitest";
import { turnEnd } from "./fixtures/turn.js";
import { createPubSub, type PubSubBus, type Unsubscribe } from "./index.js";
import { ManualClock } from "./testing/manual-clock.js";

let bus: PubSubBus;
let log: string[];

/** A handler that notes its name and the payload. */
function note(name: string): (message: { payload: unknown }) => void {
  return ({ payload }) => {
    log.push(`${name}${String(payload)}`);
  };
}

beforeEach(() => {
  // Time stands still: the time budget never ends a turn early, however slow the machine.
  bus = createPubSub({ clock: new ManualClock() });
  log = [];
});

describe("unsubscribe", () => {
  it("silences a handler for messages on their way", async () => {
    const end = bus.subscribe("a", note("h"));

    bus.publish("a", 1);
    end();
    await turnEnd();

    expect(log).toEqual([]);
  });

  it.each(["a", "#"])(
    "silences a later handler of %s from within an earlier one",
    async (pattern) => {
      bus.subscribe("a", () => end());
      const end = bus.subscribe(pattern, note("later"));
      bus.subscribe("a", note("last"));

      bus.publish("a", 1);
      await turnEnd();

      expect(log).toEqual(["last1"]);
    },
  );

  it("skips nobody when handlers end themselves and others", async () => {
    // Ending more than half of a list makes the bus tidy it up, which must wait for the delivery.
    const ends: Unsubscribe[] = [];
    for (let n = 0; n < 6; n += 1) {
      ends.push(
        bus.subscribe("a", ({ payload }) => {
          log.push(`${n}:${payload}`);
          if (n === 3) for (const end of ends.slice(0, 4)) end();
        }),
      );
    }

    bus.publish("a", 1);
    bus.publish("a", 2);
    await turnEnd();
    bus.publish("a", 3);
    await turnEnd();

    expect(log).toEqual(["0:1", "1:1", "2:1", "3:1", "4:1", "5:1", "4:2", "5:2", "4:3", "5:3"]);
    expect(bus.handlerCount("a")).toBe(2);
  });

  it("delivers to the rest of a list that was tidied up while messages wait", async () => {
    const ends = Array.from({ length: 5 }, (_, n) => bus.subscribe("a", note(`${n}:`)));

    bus.publish("a", 1);
    for (const end of ends.slice(0, 4)) end();
    bus.subscribe("a", note("late:"));
    await turnEnd();

    expect(log).toEqual(["4:1"]);
  });

  it("ends only its own subscription when the pattern is subscribed anew", async () => {
    const end = bus.subscribe("a", note("old"));
    bus.publish("a", 1);
    end();
    bus.subscribe("a", note("new"));
    end();

    bus.publish("a", 2);
    await turnEnd();

    expect(log).toEqual(["new2"]);
  });
});
