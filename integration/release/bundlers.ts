import { join } from "node:path";
import { createLogger, build as viteBuild } from "vite";
import webpack from "webpack";

/** Bundles `<folder>/<name>.js` for production into `<folder>/<name>-<bundler>/app.js`. */
export interface Bundler {
  readonly name: string;
  /** @returns what the bundler had to say, apart from that it is done */
  bundle(
    folder: string,
    name: string,
    options: { readonly minimize: boolean },
  ): Promise<readonly string[]>;
}

const vite: Bundler = {
  name: "vite",
  async bundle(folder, name, { minimize }) {
    const said: string[] = [];
    const hear = (message: string): void => void said.push(message);
    await viteBuild({
      root: folder,
      configFile: false,
      logLevel: "warn",
      customLogger: { ...createLogger("warn"), warn: hear, warnOnce: hear, error: hear },
      build: {
        outDir: join(folder, `${name}-vite`),
        minify: minimize,
        rolldownOptions: {
          input: join(folder, `${name}.js`),
          output: { entryFileNames: "app.js" },
        },
      },
    });
    return said;
  },
};

const webpackBundler: Bundler = {
  name: "webpack",
  async bundle(folder, name, { minimize }) {
    const compiler = webpack({
      context: folder,
      mode: "production",
      // Terser takes four times as long as all the rest: it has the bundle of all packages to do.
      optimization: { minimize },
      entry: join(folder, `${name}.js`),
      output: { path: join(folder, `${name}-webpack`), filename: "app.js" },
    });
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      compiler.run((error, result) => (error ? reject(error) : resolve(result)));
    });
    await new Promise<unknown>((resolve) => compiler.close(resolve));
    const { errors = [], warnings = [] } =
      stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
    return warnings.map(({ message }) => message);
  },
};

export const bundlers: readonly Bundler[] = [vite, webpackBundler];
