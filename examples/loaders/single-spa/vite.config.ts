import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// One bundle a run, each with a core of its own: `vite build --mode cart`.
export default defineConfig(({ mode }) => ({
  build: {
    target: "es2022",
    emptyOutDir: false,
    rolldownOptions: {
      input: fileURLToPath(new URL(`${mode}.ts`, import.meta.url)),
      preserveEntrySignatures: "strict",
      output: { entryFileNames: "[name].js" },
    },
  },
}));
