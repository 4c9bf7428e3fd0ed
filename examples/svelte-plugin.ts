import { compile } from "svelte/compiler";
import type { Plugin } from "vite";

/** Compiles the components of the examples for their tests. */
export function compileSvelte(): Plugin {
  return {
    name: "compile-svelte",
    transform(code, id) {
      return id.endsWith(".svelte") ? compile(code, { filename: id }).js : undefined;
    },
  };
}
