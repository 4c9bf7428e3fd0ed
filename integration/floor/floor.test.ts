import { createPubSub } from "@pubsub-mfe/core";
import * as testing from "@pubsub-mfe/core/testing";
import { expect, it } from "vitest";

/** Where in core something was refused. */
function placeOf(refused: () => unknown): string | undefined {
  try {
    refused();
  } catch (error) {
    return (error as Error).stack;
  }
  return undefined;
}

// The tests of the dependents beside it would pass against the sources as well.
it("this run has core and its testing kit from a tarball", () => {
  const wrong = 1 as never;

  expect(placeOf(() => createPubSub({ app: wrong }))).toContain("/.floor/");
  expect(placeOf(() => testing.createNetwork({ seed: "1" as never }))).toContain("/.floor/");
});
