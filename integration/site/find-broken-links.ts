import type { SitePage } from "./built-site.js";

const origin = "http://site.invalid";

/**
 * Finds links and sources that lead nowhere. Those to other origins are left alone.
 *
 * @param hasFile - whether an address is a file that is no page
 * @returns a sentence for each
 */
export function findBrokenLinks(
  pages: readonly SitePage[],
  hasFile: (address: string) => boolean,
): string[] {
  const ids = new Map(pages.map(({ address, html }) => [address, idsOf(html)]));
  return pages.flatMap(({ address, html }) =>
    linksOf(html).flatMap((link) => {
      const { origin: of, pathname, hash } = new URL(link, origin + address);
      if (of !== origin) return [];
      const path = decodeURI(pathname);
      const target = ids.get(path) ?? ids.get(`${path}/`);
      if (!target) {
        if (hasFile(path)) return [];
        const kind = /\.\w+$/.test(path) ? "file" : "page";
        return [`${address}: ${link}: there is no such ${kind}`];
      }
      const anchor = decodeURIComponent(hash.slice(1));
      if (anchor === "" || target.has(anchor)) return [];
      return [`${address}: ${link}: there is no such heading`];
    }),
  );
}

function linksOf(html: string): string[] {
  const links = html.matchAll(/<(?:a|img|script|link)\b[^>]*?\s(?:href|src)="([^"]*)"/g);
  return Array.from(links, ([, link = ""]) => link.replaceAll("&amp;", "&"));
}

function idsOf(html: string): Set<string> {
  return new Set(Array.from(html.matchAll(/\sid="([^"]*)"/g), ([, id = ""]) => id));
}
