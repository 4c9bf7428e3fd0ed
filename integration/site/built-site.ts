import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { preview } from "vite";
import { root } from "../../scripts/pnpm.js";

const docs = join(root, "docs");
const dist = join(docs, ".vitepress/dist");

/** A page of the built site. */
export interface SitePage {
  /** As it is asked for, such as `/guides/checkout`; an index ends in a slash. */
  readonly address: string;
  readonly html: string;
}

/** The pages of the built site. */
export function sitePages(): SitePage[] {
  if (!existsSync(join(dist, "index.html"))) {
    throw new Error('The site is not built. Run "pnpm build" in the repository first.');
  }
  return readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".html") && file !== "404.html")
    .map((file) => ({
      address: `/${file.replace(/(^|\/)index\.html$/, "$1").replace(/\.html$/, "")}`,
      html: readFileSync(join(dist, file), "utf8"),
    }));
}

/** Whether the site has a file that is no page, such as a picture. */
export function hasFile(address: string): boolean {
  return existsSync(join(dist, address));
}

/** Serves the built site until it is closed. */
export async function serveSite(): Promise<{ url: string; close(): Promise<void> }> {
  const server = await preview({
    root: docs,
    configFile: false,
    appType: "mpa",
    logLevel: "error",
    build: { outDir: ".vitepress/dist" },
    preview: { port: 0, host: "localhost" },
  });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error("The site is served, and nobody knows where.");
  return { url: url.replace(/\/$/, ""), close: () => server.close() };
}
