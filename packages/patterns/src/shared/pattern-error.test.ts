import { createPubSub } from "@pubsub-mfe/core";
import { expect, expectTypeOf, it } from "vitest";
import { isPatternError, RequestResponse, type TravelledError } from "../index.js";
import { failureOf } from "../testing/promises.js";

it("isPatternError knows the class that a code comes with", async () => {
  const rpc = new RequestResponse(createPubSub());
  rpc.handle("fail", () => {
    throw Object.assign(new Error("none left"), { code: "OUT_OF_STOCK" });
  });

  const error: unknown = await failureOf(rpc.request("fail"));

  expect(isPatternError(error, "REQUEST_TIMEOUT")).toBe(false);
  if (!isPatternError(error, "REMOTE_ERROR")) throw new Error("It is another error.");
  expectTypeOf(error).toEqualTypeOf<TravelledError>();
  expect(error.failure.code).toBe("OUT_OF_STOCK");
});
