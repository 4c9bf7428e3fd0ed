import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  delivery,
  historyUnavailable,
  requestAndAnswer,
  server,
  testingKit,
  twoTabs,
} from "./consumer-programs.js";
import { ConsumerProject, type Resolution } from "./consumer-project.js";
import { type Published, packAll, published } from "./packed.js";
import { TemporaryFolders } from "./temporary-folders.js";

const resolutions: Resolution[] = ["bundler", "nodenext"];
const temporary = new TemporaryFolders();
let coreAlone: ConsumerProject;
let coreAndHistory: ConsumerProject;
let everything: ConsumerProject;

beforeAll(async () => {
  const tarballs = await packAll(temporary.create("tarballs"));
  const install = (...names: Published[]): Promise<ConsumerProject> =>
    ConsumerProject.install(
      temporary.create("consumer"),
      names.map((name) => tarballs[name]),
    );
  [coreAlone, coreAndHistory, everything] = await Promise.all([
    install("core"),
    install("core", "history"),
    install(...published),
  ]);
}, 300_000);

afterAll(() => temporary.removeAll());

describe("core alone", () => {
  it("is one package", () => {
    expect(coreAlone.installed()).toEqual(["@pubsub-mfe/core"]);
  });

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
  it("are two packages, and idb", () => {
    expect(coreAndHistory.installed()).toEqual(["@pubsub-mfe/core", "@pubsub-mfe/history", "idb"]);
  });

  it.each(resolutions)(
    "go on without IndexedDB, with an error that says so, and type-check, resolved as %s",
    async (resolution) => {
      const output = await coreAndHistory.compileAndRun(historyUnavailable, resolution);

      expect(output.split("\n")).toEqual(["HISTORY_UNAVAILABLE", "true", "user", "1"]);
    },
  );
});

describe("all packages", () => {
  it("share one core, and bring idb alone with them", () => {
    expect(everything.installed()).toEqual([
      ...published.map((name) => `@pubsub-mfe/${name}`),
      "idb",
    ]);
  });

  it.each(resolutions)(
    "link two buses over a BroadcastChannel and type-check, resolved as %s",
    async (resolution) => {
      const output = await everything.compileAndRun(twoTabs, resolution);

      expect(output.split("\n")).toEqual(["user", "undo"]);
    },
  );

  it.each(resolutions)(
    "answer requests from both entry points and type-check, resolved as %s",
    async (resolution) => {
      const output = await everything.compileAndRun(requestAndAnswer, resolution);

      expect(output.split("\n")).toEqual(["3 7 true", "NO_HANDLER"]);
    },
  );
});
