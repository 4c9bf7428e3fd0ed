import { createPubSub } from "@pubsub-mfe/core";
import { describe, expect, it } from "vitest";
import { isPatternError, RemoteError, RequestResponse, registerError } from "../index.js";
import { failureOf } from "../testing/promises.js";

class OutOfStockError extends Error {
  override readonly name = "OutOfStockError";
  readonly code = "OUT_OF_STOCK";
  readonly left: number;
  readonly retryable = true;

  constructor(left: number, options?: ErrorOptions) {
    super(`Only ${left} left.`, options);
    this.left = left;
  }

  get isSoldOut(): boolean {
    return this.left === 0;
  }
}

/** What arrives of what was thrown. */
async function travel(thrown: unknown, options = {}): Promise<Error & Record<string, unknown>> {
  const rpc = new RequestResponse(createPubSub(), options);
  rpc.handle("fail", () => {
    throw thrown;
  });
  return (await failureOf(rpc.request("fail"))) as never;
}

describe("an error that travels", () => {
  it("comes with its name, message, code, data, whether to retry, cause and own fields", async () => {
    const thrown = Object.assign(new Error("Declined.", { cause: new RangeError("limit") }), {
      name: "PaymentError",
      code: 402,
      data: { reason: "limit" },
      retryable: false,
      bank: "A",
      report: () => {},
    });

    const error = await travel(thrown);

    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({
      name: "PaymentError",
      message: "Declined.",
      code: 402,
      data: { reason: "limit" },
      retryable: false,
      bank: "A",
    });
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.cause).toMatchObject({ message: "limit" });
    expect(error.report).toBeUndefined();
    expect(isPatternError(error, "REMOTE_ERROR")).toBe(true);
    expect(structuredClone(error.failure)).toEqual(error.failure);
  });

  it("has the stack of here, and of there only where that is asked for", async () => {
    const thrown = Object.assign(new Error("x"), { stack: "at the other side" });

    expect((await travel(thrown)).stack).not.toContain("at the other side");
    expect((await travel(thrown, { includeStack: true })).stack).toBe("at the other side");
  });

  it("with a cause that leads back to it ends somewhere", async () => {
    const thrown = new Error("a");
    thrown.cause = new Error("b", { cause: thrown });

    let depth = 0;
    for (let error: unknown = await travel(thrown); error instanceof Error; error = error.cause) {
      depth += 1;
    }

    expect(depth).toBeGreaterThan(2);
    expect(depth).toBeLessThan(20);
  });

  it("of the platform comes as its own class", async () => {
    for (const thrown of [new TypeError("a"), new RangeError("b"), new SyntaxError("c")]) {
      const error = await travel(thrown);

      expect(error).toBeInstanceOf(thrown.constructor);
      expect(error.message).toBe(thrown.message);
      expect(error.failure).toMatchObject({ name: thrown.name });
    }
  });

  it("is not what it only claims to be", async () => {
    const error = await travel({ name: "constructor", message: "__proto__" });

    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ name: "constructor", message: "__proto__" });
  });

  it("thrown on by the asker travels on as it came", async () => {
    const error = await travel(await travel(new OutOfStockError(2)));

    expect(error).toMatchObject({ name: "OutOfStockError", code: "OUT_OF_STOCK", left: 2 });
  });
});

describe("registerError", () => {
  it("brings a class back as itself, with its fields and methods", async () => {
    registerError(OutOfStockError);

    const error = await travel(new OutOfStockError(0, { cause: "the supplier" }));

    expect(error).toBeInstanceOf(OutOfStockError);
    expect(error).toMatchObject({
      name: "OutOfStockError",
      message: "Only 0 left.",
      code: "OUT_OF_STOCK",
      left: 0,
      isSoldOut: true,
      retryable: true,
    });
    expect(error.stack).toContain("Only 0 left.");
    expect(isPatternError(error, "REMOTE_ERROR")).toBe(true);
  });

  it("knows a class by the name that its errors carry, where a minifier changed its own", async () => {
    class e extends Error {
      override readonly name = "SoldOutError";
    }
    registerError(e, { name: "SoldOutError" });

    expect(await travel(new e("x"))).toBeInstanceOf(e);
  });

  it("does not run what a class does with its fields", async () => {
    class Odd extends Error {
      override readonly name = "Odd";
      get twice(): number {
        throw new Error("not to be read");
      }
      set once(_: number) {
        throw new Error("not to be set");
      }
    }
    registerError(Odd);

    const error = await travel(Object.assign(new Error("x"), { name: "Odd", once: 1, twice: 2 }));

    expect(error).toBeInstanceOf(Odd);
    expect(error.once).toBe(1);
  });

  it.each([
    [undefined, {}, "What registerError is given is undefined: it must be a class of errors."],
    [class NoError {}, {}, "it must be a class of errors."],
    [RangeError, { name: "" }, 'The name of a class of errors is "": it must be a string'],
  ])("refuses %o", (errorClass, options, message) => {
    expect(() => registerError(errorClass as never, options)).toThrow(message);
  });
});
