// Shared by every package: run as `rollup -c ../../rollup.config.js` inside one.
// The entry points are the "exports" of the package's own package.json.
import { readFileSync, rmSync } from "node:fs";
import { defineConfig } from "rollup";
import esbuild from "rollup-plugin-esbuild";

const pkg = JSON.parse(readFileSync("package.json", "utf8"));
const input = Object.fromEntries(
  Object.values(pkg.exports)
    .filter((target) => typeof target === "object")
    .map((target) => {
      const source = target["@pubsub-mfe/source"];
      return [source.replace(/^\.\/src\/|\.ts$/g, ""), source];
    }),
);
const external = Object.keys({ ...pkg.dependencies, ...pkg.peerDependencies });

export default defineConfig({
  input,
  external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
  plugins: [
    emptyDist(),
    esbuild({
      target: "es2022",
      tsconfig: false,
      define: { __PACKAGE_VERSION__: JSON.stringify(pkg.version) },
    }),
  ],
  treeshake: { moduleSideEffects: false },
  output: {
    dir: "dist",
    format: "es",
    sourcemap: true,
    chunkFileNames: "[name].js",
    hoistTransitiveImports: false,
  },
  onwarn(warning) {
    throw new Error(warning.message);
  },
});

/** A module that was renamed must not stay in the package under its old name. */
function emptyDist() {
  return { name: "empty-dist", buildStart: () => rmSync("dist", { recursive: true, force: true }) };
}
