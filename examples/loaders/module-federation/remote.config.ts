import { fileURLToPath } from "node:url";
import { federation } from "@module-federation/vite";
import { defineConfig } from "vite";
import { sharedIn } from "./shared.js";

export default defineConfig(({ mode }) => ({
  base: "/cart/",
  plugins: [
    federation({
      name: "cart",
      filename: "remote-entry.js",
      exposes: { "./microfrontend": "../cart.ts" },
      shared: sharedIn(mode),
      dts: false,
    }),
  ],
  build: {
    target: "es2022",
    rolldownOptions: { input: fileURLToPath(new URL("../cart.ts", import.meta.url)) },
  },
}));
