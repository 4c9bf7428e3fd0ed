// Builds one microfrontend, named by --mode: a bundle of its own, with its own copy of everything it
// imports.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { svelteOptions } from "../svelte-options.js";
import { vueFlags } from "../vue-flags.js";
import { builtAs } from "./built-as.js";

export default defineConfig(({ mode }) => ({
  publicDir: false,
  define: { ...vueFlags, "process.env.NODE_ENV": JSON.stringify("production") },
  plugins: [svelte(svelteOptions), builtAs(mode)],
  build: {
    target: "es2022",
    outDir: `dist/mfe/${mode}`,
    lib: {
      entry: `mfe/${mode}/index.ts`,
      formats: ["es"],
      fileName: "index",
      cssFileName: "style",
    },
  },
}));
