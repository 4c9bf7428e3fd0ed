// Builds the page of one microfrontend that lives in a frame, named by --mode: with its own copy of
// everything that it imports, and under the policy of the shell.
import { defineConfig } from "vite";
import { contentSecurityPolicy } from "../content-security-policy.js";
import { builtAs } from "./built-as.js";

export default defineConfig(({ mode }) => ({
  root: `mfe/${mode}`,
  // Relative, so that the page also works in a sub-folder of some server.
  base: "./",
  publicDir: false,
  plugins: [contentSecurityPolicy(), builtAs(mode)],
  build: {
    target: "es2022",
    outDir: `../../dist/mfe/${mode}`,
    emptyOutDir: true,
    assetsDir: "",
    modulePreload: false,
  },
}));
