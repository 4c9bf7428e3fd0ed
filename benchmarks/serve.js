// Serves what is measured: a page without an origin has no storage, no locks and no channels.
import { createServer } from "node:http";

/**
 * @param {Readonly<Record<string, string>>} scripts by their paths; anything else is a page, whose
 *   script is called like it where there is one
 */
export async function serve(scripts) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const script = scripts[pathname];
    const own =
      `${pathname}.js` in scripts ? `<script type="module" src="${pathname}.js"></script>` : "";
    response.setHeader("content-type", script ? "text/javascript" : "text/html");
    // A page that is isolated has a clock of 5 µs instead of 100.
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    response.end(script ?? `<!doctype html><title>benchmark</title>${own}`);
  });
  await new Promise((resolve) => server.listen(0, "localhost", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://localhost:${port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
