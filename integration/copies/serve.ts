// Serves the pages that the bundles meet on, from an origin that is not the tests' own.
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TestProject } from "vitest/node";
import { buildBundles } from "./bundles.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Two origins that serve the same. */
    readonly copiesOrigins: readonly [string, string];
  }
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "frame-src http:",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/**
 * The pages: `/page.html` is strict, `/lax.html` may start a worker. `?script=` adds a script that is no module, `?embed=` a frame.
 */
function renderPage({ searchParams }: URL): string {
  const script = searchParams.get("script");
  const embed = searchParams.get("embed");
  return `<!doctype html><title>copies</title><script src="/driver.js"></script>
    ${script ? `<script src="/${script}"></script>` : ""}
    ${embed ? `<iframe src="${embed}"></iframe>` : ""}`;
}

function createListener(): RequestListener {
  let bundles: Promise<Map<string, string>> | undefined;
  const scenarios = new Map<string, string>();
  return async (request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const name = url.pathname.slice(1);
    if (request.method === "POST") {
      scenarios.set(name, await text(request));
      response.end();
      return;
    }
    if (name.endsWith(".html")) {
      response.setHeader("content-type", "text/html");
      if (name === "page.html") response.setHeader("content-security-policy", policy);
      // What the first page of an origin says holds for the others: without it Chromium has no
      // document.domain.
      response.setHeader("origin-agent-cluster", "?0");
      response.end(renderPage(url));
      return;
    }
    // Only now: most runs of the browser tests ask for other files.
    bundles ??= buildBundles();
    const script = scenarios.get(name) ?? (await bundles).get(name);
    response.setHeader("content-type", "text/javascript");
    response.writeHead(script === undefined ? 404 : 200).end(script);
  };
}

export async function setup({ provide }: TestProject): Promise<() => void> {
  const listener = createListener();
  const servers = [createServer(listener), createServer(listener)];
  const origins = servers.map(async (server) => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  provide("copiesOrigins", (await Promise.all(origins)) as [string, string]);
  return () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  };
}
