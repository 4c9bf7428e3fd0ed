import { defineConfig } from "@playwright/test";
import { browserPath } from "./scripts/browser.js";

const executablePath = browserPath();
// Two checkouts can be tested at once, each with a port of its own.
const origin = `http://localhost:${process.env.E2E_PORT ?? 4199}`;

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.test.ts",
  fullyParallel: true,
  // Most of their time is waiting for browsers to start and for timers: one worker leaves a core idle.
  workers: 2,
  forbidOnly: !!process.env.CI,
  reporter: [["list"], ["json", { outputFile: "reports/e2e.json" }]],
  use: {
    baseURL: origin,
    launchOptions: { ...(executablePath && { executablePath }) },
    // A trace keeps every page as it was at each step, which takes long where much is shown.
    screenshot: "only-on-failure",
  },
  webServer: {
    command: `vite preview apps/demo-shell --host localhost --port ${new URL(origin).port} --strictPort`,
    url: origin,
  },
});
