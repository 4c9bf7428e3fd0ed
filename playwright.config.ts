import { defineConfig } from "@playwright/test";
import { browserPath } from "./scripts/browser.js";

const executablePath = browserPath();

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.test.ts",
  fullyParallel: true,
  // Most of their time is waiting for browsers to start and for timers: one worker leaves a core idle.
  workers: 2,
  forbidOnly: !!process.env.CI,
  reporter: [["list"], ["json", { outputFile: "reports/e2e.json" }]],
  use: {
    baseURL: "http://localhost:4199",
    launchOptions: { ...(executablePath && { executablePath }) },
    trace: "retain-on-failure",
  },
  webServer: {
    command: "vite preview apps/demo-shell --host localhost --port 4199 --strictPort",
    url: "http://localhost:4199",
  },
});
