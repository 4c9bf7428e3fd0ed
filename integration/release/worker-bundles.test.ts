// The broker of SharedWorkerTransport is a file that a bundler has to bring along.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build as esbuild } from "esbuild";
import type { Browser } from "playwright";
import { build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { servePage } from "../../e2e/page-server.js";
import { launchChromium } from "../../scripts/launch-chromium.js";
import { run } from "./run.js";

const broker = "@pubsub-mfe/cross-tab/shared-worker-broker.js";
let project: string;
let browser: Browser;

beforeAll(async () => {
  project = inject("consumers")["core and cross-tab"];
  browser = await launchChromium();
}, 300_000);

afterAll(() => browser?.close());

/** An application that says in its title what it heard. */
function writeApp(name: string, url: string): string {
  const file = join(project, `${name}.js`);
  writeFileSync(
    file,
    `import { SharedWorkerTransport } from "@pubsub-mfe/cross-tab/shared-worker";
    ${url}
    const transport = new SharedWorkerTransport({ url });
    transport.onError((error) => { document.title = error.message; });
    transport.onMessage((data) => { document.title = data; });
    window.say = (data) => transport.send(data);`,
  );
  return file;
}

/** Two tabs with the application of a folder, of which one speaks. @returns what the other heard */
async function hearInTwoTabs(folder: string): Promise<string> {
  const html = '<!doctype html><script type="module" src="/app.js"></script>';
  const server = await servePage(html, pathToFileURL(`${folder}/`));
  const context = await browser.newContext();
  onTestFinished(async () => {
    await context.close();
    server.close();
  });
  const [one, other] = [await context.newPage(), await context.newPage()];
  for (const page of [one, other]) {
    await page.goto(server.url);
    await page.waitForFunction(() => "say" in window);
  }
  await expect
    .poll(async () => {
      await one.evaluate(() => (window as unknown as { say(data: string): void }).say("heard"));
      return other.title();
    })
    .not.toBe("");
  return other.title();
}

describe("the broker from the packed package", () => {
  it.each([
    ["worker-url", `import url from "${broker}?worker&url";`],
    ["url", `import url from "${broker}?url&no-inline";`],
  ])("is brought along by Vite, imported as %s", async (name, code) => {
    const outDir = join(project, "dist", name);
    await vite({
      root: project,
      configFile: false,
      logLevel: "error",
      build: {
        outDir,
        rollupOptions: {
          input: writeApp(name, code),
          output: { entryFileNames: "app.js" },
        },
      },
    });

    expect(readdirSync(join(outDir, "assets"))).toEqual([
      expect.stringMatching(/^shared-worker-broker-.+\.js$/),
    ]);
    expect(await hearInTwoTabs(outDir)).toBe("heard");
  });

  it("is an entry of its own for esbuild", async () => {
    const outdir = join(project, "dist", "esbuild");
    mkdirSync(outdir, { recursive: true });
    const app = writeApp("app", 'const url = new URL("./broker.js", import.meta.url);');
    await esbuild({
      absWorkingDir: project,
      entryPoints: { app, broker },
      bundle: true,
      format: "esm",
      outdir,
    });

    expect(readdirSync(outdir).sort()).toEqual(["app.js", "broker.js"]);
    expect(await hearInTwoTabs(outdir)).toBe("heard");
  });

  it("is refused where a bundler has inlined it, which no two tabs would share", async () => {
    const program = `
      import { SharedWorkerTransport } from "@pubsub-mfe/cross-tab/shared-worker";
      try { new SharedWorkerTransport({ url: "data:text/javascript,1" }); }
      catch ({ code, message }) { console.log(code, message); }`;

    const output = await run([process.execPath, "--input-type=module", "--eval", program], project);
    expect(output).toMatch(/^CROSS_TAB_MISUSED .*must not inline the script/);
  });
});
