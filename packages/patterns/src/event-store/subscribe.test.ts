import { isBusError } from "@pubsub-mfe/core";
import { describe, expect, it, vi } from "vitest";
import type { Stored } from "../cqrs.js";
import { MemoryOrigin, numbered, settled, withMethods } from "../testing/event-stores.js";
import { deferred } from "../testing/promises.js";

describe("subscribe", () => {
  it("begins at the first event, after one, or with what comes", async () => {
    const { store } = new MemoryOrigin().tab();
    const { position } = await store.append("cart", numbered(1, 2));
    await store.append("cart", numbered(3, 3));
    const received: Record<string, unknown[]> = { all: [], after: [], live: [] };
    store.subscribe({}, ({ payload }) => received.all?.push(payload));
    store.subscribe({ after: position }, ({ payload }) => received.after?.push(payload));
    store.subscribe({ after: await store.head() }, ({ payload }) => received.live?.push(payload));

    await store.append("other", numbered(4, 4));
    await settled();

    expect(received).toEqual({ all: [1, 2, 3, 4], after: [3, 4], live: [4] });
  });

  it("gives the types that are wanted, and reads the others once", async () => {
    const read: unknown[] = [];
    const { store } = new MemoryOrigin().tab({
      streams: (streams) =>
        withMethods(streams, {
          readAll: (query) => {
            read.push(query?.after);
            return streams.readAll(query);
          },
        }),
    });
    const received: unknown[] = [];
    store.subscribe({ types: "x.#" }, ({ payload }) => received.push(payload));

    await store.append("cart", numbered(1, 1, "x.a"));
    await store.append("cart", numbered(2, 9, "y"));
    await settled();
    const head = await store.head();
    await store.append("cart", numbered(10, 10, "x.b"));
    await settled();

    expect(received).toEqual([1, 10]);
    expect(read).toContain(head);
  });

  it("waits for what the handler returns before it hands over the next", async () => {
    const { store } = new MemoryOrigin().tab();
    const gate = deferred();
    const begun: unknown[] = [];
    await store.append("cart", numbered(1, 2));
    store.subscribe({}, async ({ payload }) => {
      begun.push(payload);
      await gate.promise;
    });

    await settled();
    expect(begun).toEqual([1]);
    gate.resolve();
    await settled();
    expect(begun).toEqual([1, 2]);
  });

  it.each(["its function", "its signal", "the store"])("is ended by %s", async (by) => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab();
    const { store: other } = origin.tab();
    const controller = new AbortController();
    const received: unknown[] = [];
    const end = store.subscribe({ signal: controller.signal }, ({ payload }) =>
      received.push(payload),
    );
    await other.append("cart", numbered(1, 1));
    await settled();

    if (by === "its function") end();
    else if (by === "its signal") controller.abort();
    else store.dispose();
    await other.append("cart", numbered(2, 2));
    await settled();

    expect(received).toEqual([1]);
    end();
  });

  it("with a signal that has aborted does not begin", async () => {
    const { store } = new MemoryOrigin().tab();
    const handler = vi.fn();

    store.subscribe({ signal: AbortSignal.abort() }, handler);
    await store.append("cart", numbered(1, 1));
    await settled();

    expect(handler).not.toHaveBeenCalled();
  });

  it("ended by its own handler hands over nothing more", async () => {
    const { store } = new MemoryOrigin().tab();
    await store.append("cart", numbered(1, 3));
    const received: unknown[] = [];
    const end = store.subscribe({}, ({ payload }) => {
      received.push(payload);
      end();
    });

    await settled();

    expect(received).toEqual([1]);
  });

  it("ends when the handler throws, and says so", async () => {
    const { store, warnings } = new MemoryOrigin().tab();
    const failure = new Error("no");
    const received: unknown[] = [];
    store.subscribe({}, async ({ payload }) => {
      received.push(payload);
      if (payload === 2) throw failure;
    });

    await store.append("cart", numbered(1, 3));
    await settled();

    expect(received).toEqual([1, 2]);
    expect(warnings).toMatchObject([
      { code: "SUBSCRIPTION_ENDED", details: { error: failure, event: { version: 2 } } },
    ]);
  });

  it("is told by onError instead, which may have it go on", async () => {
    const { store, warnings } = new MemoryOrigin().tab();
    const told: [unknown, Stored | undefined][] = [];
    const received: unknown[] = [];
    store.subscribe(
      {
        onError: (error, event) => {
          told.push([error, event]);
          return event?.payload === 2 ? "skip" : "stop";
        },
      },
      ({ payload }) => {
        if (payload % 2 === 0) throw payload;
        received.push(payload);
      },
    );

    await store.append("cart", numbered(1, 5));
    await settled();

    expect(received).toEqual([1, 3]);
    expect(told.map(([error, event]) => [error, event?.version])).toEqual([
      [2, 2],
      [4, 4],
    ]);
    expect(warnings).toEqual([]);
  });

  it("without a listener for diagnostics reports its end to the platform", async () => {
    const { store } = new MemoryOrigin().tab({ onDiagnostic: undefined });
    const report = vi.fn();
    vi.stubGlobal("reportError", report);
    store.subscribe({}, () => {
      throw new Error("no");
    });

    await store.append("cart", numbered(1, 1));
    await settled();
    vi.unstubAllGlobals();

    expect(report.mock.calls[0]?.[0].message).toContain("A subscription of events has ended");
  });

  it("ends, told, when the store was deleted", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab();
    const errors: unknown[] = [];
    const received: unknown[] = [];
    store.subscribe(
      {
        onError: (error, event) => {
          errors.push(error, event);
          return "skip";
        },
      },
      ({ payload }) => received.push(payload),
    );
    await store.append("cart", numbered(1, 1));
    await settled();

    await origin.data.deleteAll();
    await store.append("cart", numbered(2, 2));
    await settled();

    expect(received).toEqual([1]);
    expect(isBusError(errors[0], "STALE_POSITION")).toBe(true);
    expect(errors[1]).toBeUndefined();
    expect(errors).toHaveLength(2);
  });

  it("refuses a handler and a pattern that are none", () => {
    const { store } = new MemoryOrigin().tab();
    expect(() => store.subscribe({ types: "a..b" }, () => {})).toThrow('"a..b"');

    expect(() => store.subscribe({}, undefined as never)).toThrow("The handler is undefined");
  });
});
