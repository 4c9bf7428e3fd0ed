import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// One microfrontend a run: `vite build --mode cart`, and `--mode cart.shared` to leave core to the
// import map.
export default defineConfig(({ mode }) => {
  const [name, shared] = mode.split(".");
  return {
    build: {
      target: "es2022",
      emptyOutDir: false,
      rolldownOptions: {
        input: fileURLToPath(new URL(`../${name}.ts`, import.meta.url)),
        external: shared ? ["@pubsub-mfe/core"] : [],
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "[name].js" },
      },
    },
  };
});
