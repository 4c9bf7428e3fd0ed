// VitePress refuses links to pages that are not there; it does not look at anchors, nor at what
// components and the theme link to.
import { describe, expect, it } from "vitest";
import { hasFile, sitePages } from "./built-site.js";
import { findBrokenLinks } from "./find-broken-links.js";

describe("findBrokenLinks", () => {
  const page = (address: string, body: string) => ({ address, html: body });

  it("tells of pages, anchors and files that are not there", () => {
    const pages = [
      page(
        "/",
        '<h1 id="top">x</h1><a href="/a#one">1</a><a href="/a#two">2</a><a href="./b">3</a>',
      ),
      page(
        "/a",
        '<h2 id="one">x</h2><a href="#three">4</a><img src="/x.png"><a href="/#top">5</a>',
      ),
    ];

    expect(findBrokenLinks(pages, () => false)).toEqual([
      "/: /a#two: there is no such heading",
      "/: ./b: there is no such page",
      "/a: #three: there is no such heading",
      "/a: /x.png: there is no such file",
    ]);
  });

  it("leaves other sites alone, and decodes what is encoded", () => {
    const pages = [
      page("/", '<a href="https://x.example/#y">1</a><a href="#%C3%BC">2</a><i id="ü">'),
    ];

    expect(findBrokenLinks(pages, () => false)).toEqual([]);
  });
});

describe("the site", () => {
  const pages = sitePages();

  it("has pages", () => {
    expect(pages.map(({ address }) => address)).toEqual(
      expect.arrayContaining(["/", "/quick-start", "/patterns/saga", "/api/@pubsub-mfe/core"]),
    );
  });

  it("has no broken link", () => {
    expect(findBrokenLinks(pages, hasFile)).toEqual([]);
  });
});
