import { federation } from "@module-federation/vite";
import { defineConfig } from "vite";
import { sharedIn } from "./shared.js";

export default defineConfig(({ mode }) => ({
  plugins: [
    federation({
      name: "shell",
      remotes: { cart: { type: "module", name: "cart", entry: "/cart/remote-entry.js" } },
      shared: sharedIn(mode),
      dts: false,
    }),
  ],
  build: { target: "es2022" },
}));
