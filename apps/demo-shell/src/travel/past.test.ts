import type { AllStreamsQuery, EventStreams, Message } from "@pubsub-mfe/core";
import { MemoryStreamStore } from "@pubsub-mfe/core/testing";
import { describe, expect, it } from "vitest";
import type { LoggedMessages } from "./logged-messages.js";
import { Past } from "./past.js";

/** A log with these messages. */
function logOf(messages: readonly Message[]): LoggedMessages {
  return {
    count: messages.length,
    end: messages.length,
    gone: 0,
    endAt: (time: number) => {
      const index = messages.findIndex(({ ts }) => ts >= time);
      return index < 0 ? Number.POSITIVE_INFINITY : index + 1;
    },
    onMessage: (listener: (message: Message) => void) => messages.forEach(listener),
  } as unknown as LoggedMessages;
}

function message(topic: string, ts: number, payload: unknown, meta = {}): Message {
  return { id: crypto.randomUUID(), topic, ts, payload, meta };
}

const added = (ts: number) =>
  message("cart.item.added", ts, { sku: "LAN-1", name: "Field lantern", price: 4_200 });
const placed = { orderId: "o-1", items: [{ sku: "LAN-1", count: 1 }], total: 4_200 };

/** A store with an order that is placed now, and the journal of its saga. */
async function storeOfAnOrder() {
  const store = new MemoryStreamStore();
  const streams = store.open();
  const begun = { type: "begun", name: "checkout", id: "o-1", steps: ["order"] };
  await streams.append("saga/checkout/o-1", [{ type: "saga.journal.begun", payload: begun }]);
  await streams.append("order:o-1", [{ type: "order.placed", payload: placed }]);
  const done = { type: "step.done", step: 0 };
  await streams.append("saga/checkout/o-1", [{ type: "saga.journal.step.done", payload: done }]);
  const events = [];
  for await (const event of streams.readAll()) events.push(event);
  return { streams, events };
}

function factsOf(past: Past, title: string, position: number | undefined) {
  const told = past.at(position).find(({ model }) => model.title === title);
  return Object.fromEntries(told?.facts ?? []);
}

describe("Past", () => {
  it("has an event there with the message that tells of it, and what came after it not before", async () => {
    const { streams, events } = await storeOfAnOrder();
    const order = events[1];
    // Published late: others were stored before it.
    const now = (order?.time ?? 0) + 1_000;
    const past = new Past(
      logOf([
        added(now - 5_000),
        added(now),
        message("order.placed", now + 10, placed, { eventId: order?.id }),
      ]),
      streams,
    );
    await past.openStreams();

    expect(factsOf(past, "Orders", 2)).toEqual({});
    expect(factsOf(past, "Sagas", 2)).toEqual({
      "o-1 checkout": "◐ running",
      "o-1 order": "· pending",
    });
    expect(Object.keys(factsOf(past, "Orders", 3))).toEqual(["o-1"]);
    expect(factsOf(past, "Sagas", 3)).toMatchObject({ "o-1 order": "✓ done" });
    expect(past.findChange(4, -1)).toBe(3);
  });

  it("has what is not told by a message there from the first message after it on", async () => {
    const { streams, events } = await storeOfAnOrder();
    const time = events.at(-1)?.time ?? 0;
    const other = (ts: number) => message("other", ts, {});
    const past = new Past(logOf([other(time - 1_000), other(time + 1), other(time + 2)]), streams);
    await past.openStreams();

    expect(factsOf(past, "Sagas", 1)).toEqual({});
    expect(factsOf(past, "Sagas", 2)).toMatchObject({ "o-1 order": "✓ done" });
    expect([past.findChange(0, 1), past.findChange(2, 1)]).toEqual([2, undefined]);
  });

  it("has nothing there that no message comes after, but now", async () => {
    const { streams } = await storeOfAnOrder();
    const past = new Past(logOf([added(1)]), streams);
    await past.openStreams();

    expect(factsOf(past, "Orders", 1)).toEqual({});
    expect(Object.keys(factsOf(past, "Orders", undefined))).toEqual(["o-1"]);
  });

  it("begins anew when the events are those of another database", async () => {
    const first = await storeOfAnOrder();
    const second = await storeOfAnOrder();
    let { streams } = first;
    let tell = (): void => {};
    const changing = {
      readAll: (query: AllStreamsQuery) => streams.readAll(query),
      onAppend: (listener: () => void) => {
        tell = listener;
      },
    } as unknown as EventStreams;
    const past = new Past(logOf([]), changing);
    await past.openStreams();

    streams = second.streams;
    await new Promise<void>((resolve) => {
      past.onChange = resolve;
      tell();
    });

    expect(Object.keys(factsOf(past, "Orders", undefined))).toEqual(["o-1"]);
  });

  it("empties the cart by a checkout once, also when it is published twice", () => {
    const checkedOut = (ts: number) =>
      message("cart.checked-out", ts, { items: placed.items }, { version: 2 });
    const messages = [added(1), checkedOut(2), added(3), checkedOut(4)];
    const past = new Past(logOf(messages), new MemoryStreamStore().open());

    const carts = [1, 2, 3, 4].map((position) => factsOf(past, "Cart", position).Total);

    expect(carts).toEqual(["€42.00", undefined, "€42.00", "€42.00"]);
    expect(past.findChange(4, -1)).toBe(3);
  });
});
