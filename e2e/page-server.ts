import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A page of Playwright's or of puppeteer's. */
export interface AnyPage {
  goto(url: string): Promise<unknown>;
  evaluate<T>(fn: () => T): Promise<T>;
  evaluate<T, A>(fn: (argument: A) => T, argument: A): Promise<T>;
}

/** A server that is there until it is closed. */
export interface PageServer {
  readonly url: string;
  close(): void;
}

/**
 * Serves one page. A script is also served below `/copy/`, where a browser takes it for another one.
 *
 * @param scripts - the folder that its scripts are in
 */
export async function servePage(html: string, scripts: URL): Promise<PageServer> {
  const server = createServer(async ({ url = "/" }, response) => {
    const isScript = url.endsWith(".js");
    const body = isScript
      ? await readFile(new URL(`.${url.replace(/^\/copy\//, "/")}`, scripts)).catch(() => null)
      : html;
    if (body === null) response.writeHead(404);
    else response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(body ?? undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
