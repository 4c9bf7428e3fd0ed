import { createContext, runInContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { turnEnd } from "./fixtures/turn.js";
import {
  createPubSub,
  type DiagnosticEvent,
  type Handler,
  type HandlerErrorDiagnostic,
} from "./index.js";
import { ManualClock } from "./testing/manual-clock.js";

/** Publishes twice to a failing handler between two others, and returns what became known. */
async function failBetweenOthers(handler: Handler) {
  const events: DiagnosticEvent[] = [];
  const received: string[] = [];
  const bus = createPubSub({
    clock: new ManualClock(),
    onDiagnostic: (event) => events.push(event),
  });
  bus.subscribe("a", ({ payload }) => received.push(`before${payload}`));
  bus.subscribe("a", handler);
  bus.subscribe("a", ({ payload }) => received.push(`after${payload}`));

  const message = bus.publish("a", 1);
  await turnEnd();
  bus.publish("a", 2);
  await turnEnd();

  const failures = events.filter(
    (event): event is HandlerErrorDiagnostic => event.type === "handler-error",
  );
  return { message, received, failures };
}

const boom = new Error("boom");
const other = createContext({});
const foreign = (code: string) => runInContext(code, other) as unknown;

type Then = (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => void;

function thenable(read: () => Then | string, target: object = {}): object {
  // biome-ignore lint/suspicious/noThenProperty: thenables are what these tests are about
  return Object.defineProperty(target, "then", { get: read });
}

const throwBoom = (): never => {
  throw boom;
};
const rejectWithBoom: Then = (_resolve, reject) => reject(boom);

const failing: [string, Handler][] = [
  ["throws", throwBoom],
  ["rejects", () => Promise.reject(boom)],
  ["rejects later", () => Promise.resolve().then(() => Promise.reject(boom))],
  ["returns a thenable that rejects", () => thenable(() => rejectWithBoom)],
  [
    "returns a function with a then that rejects",
    () =>
      thenable(
        () => rejectWithBoom,
        () => {},
      ),
  ],
  ["returns a thenable whose then throws", () => thenable(() => throwBoom)],
  ["returns an object whose then cannot be read", () => thenable(throwBoom)],
];

describe("a handler that fails", () => {
  it.each(failing)("changes nothing for others when it %s", async (_how, handler) => {
    const { message, received, failures } = await failBetweenOthers(handler);

    expect(received).toEqual(["before1", "after1", "before2", "after2"]);
    expect(failures).toHaveLength(2);
    expect(failures[0]).toEqual({
      type: "handler-error",
      topic: "a",
      messageId: message.id,
      error: boom,
      handlerIndex: 1,
    });
    expect(failures[0]?.error).toBe(boom);
  });

  it.each([
    ["undefined", undefined],
    ["null", null],
    ["a string", "boom"],
    ["a symbol", Symbol("boom")],
    ["an object without a prototype", Object.create(null)],
    ["a proxy that refuses everything", revokedProxy()],
    [
      "an object with a hostile tag",
      {
        get [Symbol.toStringTag](): string {
          throw new Error("no tag");
        },
      },
    ],
  ])("is reported with an Error when it throws %s", async (_what, thrown) => {
    const { received, failures } = await failBetweenOthers(() => {
      throw thrown;
    });

    expect(received).toEqual(["before1", "after1", "before2", "after2"]);
    expect(failures).toHaveLength(2);
    // `toBe` on the values themselves: a matcher that prints a revoked proxy throws.
    expect(failures[0]?.error instanceof Error).toBe(true);
    expect(failures[0]?.error.cause === thrown).toBe(true);
    expect(failures[0]?.error.message).toMatch(/^A value that is no Error was thrown: ./);
  });

  it("says which value was thrown", async () => {
    const { failures } = await failBetweenOthers(() => Promise.reject(undefined));

    expect(failures[0]?.error.message).toBe("A value that is no Error was thrown: undefined");
    expect(failures[0]?.error).toHaveProperty("cause", undefined);
  });

  it("is isolated when its promise is of another realm", async () => {
    const { received, failures } = await failBetweenOthers(() =>
      foreign("Promise.reject(new Error('foreign'))"),
    );

    expect(received).toEqual(["before1", "after1", "before2", "after2"]);
    expect(failures.map(({ error }) => error.message)).toEqual(["foreign", "foreign"]);
  });

  it("is reported with its own error when that is of another realm", async () => {
    const error = foreign("new TypeError('foreign')");

    const { failures } = await failBetweenOthers(() => {
      throw error;
    });

    expect(failures[0]?.error).toBe(error);
  });

  it("is named by its place among those that were called", async () => {
    const events: DiagnosticEvent[] = [];
    const bus = createPubSub({
      clock: new ManualClock(),
      onDiagnostic: (event) => events.push(event),
    });
    const end = bus.subscribe("a", () => {});
    bus.subscribe("a", () => {}, { sourceFilter: { include: ["nobody"] } });
    bus.subscribe("#", () => {});
    bus.subscribe("a", () => {
      throw boom;
    });
    end();

    bus.publish("a", 1);
    await turnEnd();

    expect(events).toContainEqual(expect.objectContaining({ handlerIndex: 1, error: boom }));
  });
});

describe("a value that is no promise", () => {
  it.each([0, "text", null, thenable(() => "not callable"), () => {}])(
    "may be returned: %o",
    async (value) => {
      const { failures } = await failBetweenOthers(() => value);

      expect(failures).toEqual([]);
    },
  );
});

describe("without onDiagnostic", () => {
  let reportError: ReturnType<typeof vi.fn>;

  beforeEach(() => {
    reportError = vi.fn();
    vi.stubGlobal("reportError", reportError);
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("hands the failure of a handler to the platform", async () => {
    const bus = createPubSub();
    bus.subscribe("a", () => {
      throw boom;
    });
    bus.subscribe("a", () => Promise.reject("text"));

    bus.publish("a", 1);
    await turnEnd();

    expect(reportError.mock.calls).toEqual([
      [boom],
      [new Error("A value that is no Error was thrown: text", { cause: "text" })],
    ]);
  });

  it("writes to the console where the platform takes no errors", async () => {
    vi.stubGlobal("reportError", undefined);
    const consoleError = vi.spyOn(console, "error").mockImplementation(() => {});
    const bus = createPubSub();
    bus.subscribe("a", () => {
      throw boom;
    });

    bus.publish("a", 1);
    await turnEnd();

    expect(consoleError.mock.calls).toEqual([["[@pubsub-mfe/core]", boom]]);
  });
});

/** Throws at whatever is asked of it. */
function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
