import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Stages } from "../../scripts/stages.js";

describe("Stages", () => {
  let folder: string;
  let printed: string[];

  beforeEach(() => {
    folder = mkdtempSync(`${tmpdir()}/pubsub-mfe-stages-`);
    printed = [];
    vi.spyOn(console, "log").mockImplementation((line) => void printed.push(String(line)));
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A stage that runs a piece of script. */
  const node = (name: string, script: string, reports = false) => ({
    name,
    command: [process.execPath, "-e", script],
    reports,
  });

  const writesReport = (path: string, ...statuses: string[]) =>
    `require("node:fs").writeFileSync(${JSON.stringify(path)}, ${JSON.stringify(
      JSON.stringify({
        testResults: [
          {
            status: "passed",
            assertionResults: statuses.map((status) => ({ status, fullName: `is ${status}` })),
          },
        ],
      }),
    )});`;

  it("counts what the runner reported", async () => {
    const stages = new Stages(folder);
    const script = writesReport(stages.report("unit"), "passed", "passed", "skipped");

    await stages.run(node("unit", script, true));

    expect(stages).toMatchObject({ passed: 2, failed: 0, reasons: [] });
    expect(stages.skipped).toEqual(["unit: is skipped"]);
    expect(printed.join("")).toMatch(/^unit +ok {2}\d+\.\d s {2}2 passed, 0 failed$/);
  });

  it("counts a check that fails as one failure, and prints why", async () => {
    const stages = new Stages(folder);

    await stages.run(node("lint", 'console.log("a wrong comma"); process.exitCode = 3;'));

    expect(stages).toMatchObject({ passed: 0, failed: 1, reasons: ["lint: exit 3"] });
    expect(printed.join("\n")).toContain("a wrong comma");
  });

  it("counts a runner that ends without a report as one failure, whatever its exit", async () => {
    const stages = new Stages(folder);

    await stages.run(node("unit", "", true));
    await stages.run(node("e2e", "process.abort()", true));

    expect(stages.failed).toBe(2);
    expect(stages.reasons[0]).toBe("unit: it ended without a report (exit 0)");
  });

  it("counts one failure when all tests passed and the runner did not", async () => {
    const stages = new Stages(folder);
    const script = `${writesReport(stages.report("unit"), "passed")} process.exitCode = 1;`;

    await stages.run(node("unit", script, true));

    expect(stages).toMatchObject({ passed: 1, failed: 1, reasons: ["unit: exit 1"] });
  });

  it("counts a command that does not exist as one failure", async () => {
    const stages = new Stages(folder);

    await stages.run({ name: "lint", command: ["no-such-program"] });

    expect(stages.failed).toBe(1);
    expect(printed.join("\n")).toContain("no-such-program");
  });

  it("runs one again in which nothing moves any more, and says so", async () => {
    const stages = new Stages(folder, 500);
    const tried = JSON.stringify(`${folder}/tried`);
    const script = `const { existsSync, writeFileSync } = require("node:fs");
      if (existsSync(${tried})) { ${writesReport(stages.report("unit"), "passed")} }
      else { writeFileSync(${tried}, ""); setInterval(() => {}, 1e6); }`;

    await stages.run(node("unit", script, true));

    expect(stages).toMatchObject({ passed: 1, failed: 0, reasons: [] });
    expect(printed.join("\n")).toContain("unit is run again: nothing moved any more.");
  }, 30_000);

  it("does not wait for what a stage leaves behind", async () => {
    const stages = new Stages(folder, 60_000);
    const started = `${folder}/started`;
    const script = `const { spawn } = require("node:child_process");
      const { pid } = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], {
        stdio: "inherit", detached: true,
      });
      require("node:fs").writeFileSync(${JSON.stringify(started)}, String(pid));
      process.exit();`;

    await stages.run(node("build", script));

    process.kill(Number(readFileSync(started, "utf8")), "SIGKILL");
    expect(stages).toMatchObject({ failed: 0, reasons: [] });
  }, 30_000);

  it("ends one that does not end, and says where its workers stand", async () => {
    const stages = new Stages(folder, 500);
    mkdirSync(`${folder}/workers`);
    const worker = `${folder}/workers/worker.js`;
    writeFileSync(worker, "function turnsForEver() {\n  for (;;);\n}\nturnsForEver();\n");
    const started = `${folder}/started`;
    const script = `const { spawn } = require("node:child_process");
      const { pid } = spawn(process.execPath, [${JSON.stringify(worker)}], { stdio: "ignore" });
      require("node:fs").writeFileSync(${JSON.stringify(started)}, String(pid));`;

    await stages.run(node("unit", script, true));

    expect(stages).toMatchObject({ passed: 0, failed: 1 });
    expect(stages.reasons).toEqual(["unit: it ended without a report (exit SIGKILL)"]);
    expect(printed.join("\n")).toContain("It did not end within 0.5 s.");
    expect(printed.join("\n")).not.toContain("is run again");
    expect(printed.join("\n")).toMatch(/#0 turnsForEver .*worker\.js:2/);
    // One that has ended may be listed until somebody asks how.
    const state = () =>
      spawnSync("ps", ["-o", "stat=", "-p", readFileSync(started, "utf8")], { encoding: "utf8" });
    await vi.waitFor(() => expect(state().stdout).toMatch(/^Z|^$/));
  }, 30_000);
});
