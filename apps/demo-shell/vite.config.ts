import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";
import { contentSecurityPolicy } from "./content-security-policy.js";
import { svelteOptions } from "./svelte-options.js";
import { vueFlags } from "./vue-flags.js";

export default defineConfig(({ command }) => ({
  // Relative, so that the page also works in a sub-folder of some server.
  base: "./",
  // A path that is not there answers 404, not with the shell.
  appType: "mpa",
  // The development server reads the packages' sources; the build takes what they publish.
  resolve:
    command === "serve" ? { conditions: ["@pubsub-mfe/source", ...defaultClientConditions] } : {},
  define: vueFlags,
  build: { target: "es2022", modulePreload: false },
  plugins: [contentSecurityPolicy(), microfrontendSources(), svelte(svelteOptions)],
}));

/** In development the manifest's addresses lead to the microfrontends' sources. */
function microfrontendSources(): Plugin {
  return {
    name: "microfrontend-sources",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        request.url = request.url?.replace(/^\/mfe\/(\w+)\/index\.js/, "/mfe/$1/index.ts");
        next();
      });
    },
  };
}
