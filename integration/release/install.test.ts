import { describe, expect, inject, it } from "vitest";
import {
  delivery,
  everything,
  historyUnavailable,
  requestAndAnswer,
  server,
  testingKit,
  twoTabs,
} from "./consumer-programs.js";
import { ConsumerProject, type Resolution } from "./consumer-project.js";
import { type Combination, combinations } from "./consumers.js";

const resolutions: Resolution[] = ["bundler", "nodenext"];
const consumer = (combination: Combination): ConsumerProject =>
  new ConsumerProject(inject("consumers")[combination]);

describe.each(Object.keys(combinations) as Combination[])("%s", (combination) => {
  it("are these packages once each, and idb beside history", () => {
    const ours = combinations[combination].map((name) => `@pubsub-mfe/${name}`);
    const others = ours.includes("@pubsub-mfe/history") ? ["idb"] : [];

    const installed = consumer(combination).installed();
    expect(installed.map(({ name }) => name)).toEqual([...ours, ...others]);
  });

  it("may be used by anybody", () => {
    const licenses = consumer(combination)
      .installed()
      .map(({ license }) => license);

    expect(["ISC", "MIT"]).toEqual(expect.arrayContaining(licenses));
  });
});

describe("core alone", () => {
  const coreAlone = consumer("core alone");

  it.each(resolutions)("delivers messages and type-checks, resolved as %s", async (resolution) => {
    const output = await coreAlone.compileAndRun(delivery, resolution);

    expect(output.split("\n")).toEqual(["cart.item.added A-1 catalog", "1", "BUS_DISPOSED"]);
  });

  it.each(resolutions)(
    "has a testing kit that needs no test runner, and type-checks, resolved as %s",
    async (resolution) => {
      expect(await coreAlone.compileAndRun(testingKit, resolution)).toBe("cart.added A-1 5");
    },
  );

  it("is a bus a call on a server, and leaves no global there", async () => {
    const output = await coreAlone.compileAndRun(server, "nodenext");

    expect(output.split("\n")).toEqual(["one 1", "0 0"]);
  });

  it.each(["dist/bus.js", "dist/index.js", "src/index.ts"])(
    "refuses an import of %s",
    async (path) => {
      const output = await coreAlone.run(
        `import("@pubsub-mfe/core/${path}").catch((error) => console.log(error.code))`,
      );

      expect(output).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
    },
  );
});

describe("core and history", () => {
  it.each(resolutions)(
    "go on without IndexedDB, with an error that says so, and type-check, resolved as %s",
    async (resolution) => {
      const output = await consumer("core and history").compileAndRun(
        historyUnavailable,
        resolution,
      );

      expect(output.split("\n")).toEqual(["HISTORY_UNAVAILABLE", "true", "user", "1"]);
    },
  );
});

describe("core and cross-tab", () => {
  it.each(resolutions)(
    "link two buses over a BroadcastChannel and type-check, resolved as %s",
    async (resolution) => {
      const output = await consumer("core and cross-tab").compileAndRun(twoTabs, resolution);

      expect(output.split("\n")).toEqual(["user", "undo"]);
    },
  );
});

describe("core and patterns", () => {
  it.each(resolutions)(
    "answer requests from both entry points and type-check, resolved as %s",
    async (resolution) => {
      const output = await consumer("core and patterns").compileAndRun(
        requestAndAnswer,
        resolution,
      );

      expect(output.split("\n")).toEqual(["3 7 true", "NO_HANDLER"]);
    },
  );
});

describe("all packages", () => {
  it("work on one bus, and type-check", async () => {
    const output = await consumer("all packages").compileAndRun(everything, "nodenext");

    expect(output.split("\n")).toEqual(["42 paid order-7", "1"]);
  });
});
