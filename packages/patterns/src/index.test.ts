import { expect, it } from "vitest";
import * as aggregator from "./aggregator.js";
import * as circuitBreaker from "./circuit-breaker.js";
import * as cqrs from "./cqrs.js";
import * as all from "./index.js";
import * as requestResponse from "./request-response.js";
import * as saga from "./saga.js";

it("has what its subpaths have, and the same", () => {
  expect({ ...all }).toEqual({
    ...aggregator,
    ...circuitBreaker,
    ...cqrs,
    ...requestResponse,
    ...saga,
  });
});
