import type { Options } from "@sveltejs/vite-plugin-svelte";

/** How components are compiled, so that they keep to the policy of the page. */
export const svelteOptions: Options = {
  configFile: false,
  compilerOptions: {
    // A stylesheet of its own, and no HTML from strings.
    css: "external",
    fragments: "tree",
  },
};
