import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { isPatternError, RequestResponse } from "../index.js";
import { failureOf } from "../testing/promises.js";

let bus: PubSubBus;
let rpc: RequestResponse;

beforeEach(() => {
  bus = createPubSub();
  rpc = new RequestResponse(bus);
});

describe("a responder that knows the documented wire alone", () => {
  /** As the page "Advanced patterns" writes one. */
  const respond = (method: string, answer: (params: unknown) => object) =>
    bus.subscribe(`rpc.request.${method}`, ({ payload: { requestId, params } }) => {
      bus.publish(`rpc.response.${requestId}`, answer(params));
    });

  it("answers with `result`", async () => {
    respond("echo", (params) => ({ result: params }));

    expect(await rpc.request("echo", 7)).toBe(7);
  });

  it.each([undefined, null, 0, ""])("answers with the result %s", async (result) => {
    respond("get", () => ({ result }));

    expect(await rpc.request("get")).toBe(result);
  });

  it("answers with nothing at all", async () => {
    respond("get", () => ({}));

    expect(await rpc.request("get")).toBeUndefined();
  });

  it.each([
    ["no stock", "no stock"],
    ["", ""],
    [undefined, "undefined"],
    [404, "404"],
  ])("fails with the `error` %j", async (error, message) => {
    respond("get", () => ({ error }));

    const failure = await failureOf(rpc.request("get"));
    expect(isPatternError(failure, "REMOTE_ERROR")).toBe(true);
    expect(failure).toMatchObject({ message, failure: { name: "Error", message } });
  });

  it("is told apart from a second handler", () => {
    respond("get", () => ({ result: 1 }));

    expect(() => rpc.handle("get", () => 2)).toThrow('"get" has a handler on this page already.');
  });

  it("may say `status`, which decides", async () => {
    respond("get", () => ({ status: "ok", result: 7, error: "none" }));
    respond("fail", () => ({ status: "error", result: 7 }));

    expect(await rpc.request("get")).toBe(7);
    const failure = await failureOf(rpc.request("fail"));
    expect(isPatternError(failure, "REMOTE_ERROR")).toBe(true);
  });

  it("may answer with anything, which is then the answer nothing", async () => {
    for (const payload of [undefined, null, 7, "x"]) {
      const stop = bus.subscribe("rpc.request.get", ({ payload: { requestId } }) => {
        bus.publish(`rpc.response.${requestId}`, payload);
      });

      expect(await rpc.request("get")).toBeUndefined();
      stop();
    }
  });

  it("is left alone by answers to requests that are not open", async () => {
    respond("get", () => ({ result: 1 }));

    bus.publish("rpc.response.nobody", { result: 2 });

    expect(await rpc.request("get")).toBe(1);
  });
});

it("what is no request is told, and not answered", async () => {
  const warnings: unknown[] = [];
  const handler = vi.fn();
  const told = new RequestResponse(bus, { onDiagnostic: (warning) => warnings.push(warning) });
  told.handle("get", handler);

  for (const payload of [undefined, null, "x", { params: 1 }])
    bus.publish("rpc.request.get", payload);
  await null;

  expect(handler).not.toHaveBeenCalled();
  expect(warnings).toHaveLength(4);
  expect(warnings[0]).toMatchObject({
    type: "warning",
    code: "INVALID_REQUEST",
    message: expect.stringContaining('"rpc.request.get" is no request: it has no requestId.'),
  });
});
