import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, it } from "vitest";
import { RequestResponse } from "../index.js";
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

    expect(await failureOf(rpc.request("get"))).toMatchObject({
      code: "REMOTE_ERROR",
      message,
      failure: { name: "Error", message },
    });
  });

  it("is told apart from a second handler", () => {
    respond("get", () => ({ result: 1 }));

    expect(() => rpc.handle("get", () => 2)).toThrow('"get" has a handler on this page already.');
  });

  it("may say `status`, which decides", async () => {
    respond("get", () => ({ status: "ok", result: 7, error: "none" }));
    respond("fail", () => ({ status: "error", result: 7 }));

    expect(await rpc.request("get")).toBe(7);
    expect(await failureOf(rpc.request("fail"))).toMatchObject({ code: "REMOTE_ERROR" });
  });
});
