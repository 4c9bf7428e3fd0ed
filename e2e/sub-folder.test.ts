import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { Shop } from "./shop.js";

const dist = fileURLToPath(new URL("../apps/demo-shell/dist", import.meta.url));
const FOLDER = "/shops/switchyard/";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/** A plain web server that has the built demo in a folder, and knows nothing of it. */
async function serveInFolder(): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const isHere = pathname.startsWith(FOLDER);
    let file = join(dist, normalize(pathname.slice(FOLDER.length)));
    if (isHere && existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
    if (!isHere || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  return { server, address: `http://localhost:${port}${FOLDER}` };
}

test("any web server hosts the built demo from a folder", async ({ page }) => {
  const { server, address } = await serveInFolder();
  try {
    const shop = await new Shop(page).open(address);
    await shop.add("Field lantern");
    await expect(shop.line(1, "Field lantern")).toBeVisible();
    await expect(page.getByRole("article")).toHaveCount(5);
    for (const frame of await page.getByRole("article").all()) {
      await expect(frame.getByRole("button", { name: "Unmount" })).toBeVisible();
    }
    await page.reload();
    await expect(shop.line(1, "Field lantern")).toBeVisible();
    expect(shop.errors).toEqual([]);
  } finally {
    await page.close();
    server.close();
  }
});
