import { defineConfig } from "vitepress";
import { entries } from "../scripts/entries.js";
import { mermaidFences } from "./mermaid-fences.js";

const guides = [
  { text: "Share a cart between two teams", link: "/guides/share-a-cart" },
  { text: "Survive a reload", link: "/guides/survive-a-reload" },
  { text: "Be in every tab", link: "/guides/every-tab" },
  { text: "An iframe of another origin", link: "/guides/iframe" },
  { text: "A checkout that cannot charge twice", link: "/guides/checkout" },
  { text: "A dashboard from five sources", link: "/guides/dashboard" },
  { text: "A flaky supplier", link: "/guides/flaky-supplier" },
  { text: "Event sourcing, and when not to", link: "/guides/event-sourcing" },
  { text: "React, Vue, Svelte, Lit, RxJS", link: "/guides/frameworks" },
  { text: "Module loaders", link: "/guides/loaders" },
  { text: "Testing microfrontends", link: "/guides/testing" },
  { text: "Debugging", link: "/guides/debugging" },
  { text: "Strict content security policy", link: "/guides/content-security-policy" },
  { text: "Upgrade one package at a time", link: "/guides/upgrading" },
];

const migrating = [
  { text: "From @belyas/pubsub-mfe", link: "/migrating/from-belyas-pubsub-mfe" },
  { text: "From mitt", link: "/migrating/from-mitt" },
  { text: "From CustomEvent", link: "/migrating/from-custom-event" },
];

const patterns = [
  { text: "Which pattern", link: "/patterns/" },
  { text: "Request/response", link: "/patterns/request-response" },
  { text: "Aggregator", link: "/patterns/aggregator" },
  { text: "Circuit breaker", link: "/patterns/circuit-breaker" },
  { text: "Saga", link: "/patterns/saga" },
  { text: "Event store", link: "/patterns/event-store" },
  { text: "CQRS", link: "/patterns/cqrs" },
];

const reference = [
  { text: "The bus", link: "/reference/bus" },
  { text: "Several copies on one page", link: "/reference/copies" },
  { text: "Links", link: "/reference/links" },
  { text: "Inspection", link: "/reference/inspection" },
  { text: "Locks", link: "/reference/locks" },
  { text: "Testing kit", link: "/reference/testing" },
  { text: "History", link: "/reference/history" },
  { text: "Event streams", link: "/reference/event-streams" },
  { text: "Tabs", link: "/reference/cross-tab" },
  { text: "Frames and workers", link: "/reference/frames" },
];

const base = process.env.DOCS_BASE ?? "/";

export default defineConfig({
  title: "pubsub-mfe",
  description: "How microfrontends talk",
  lang: "en",
  head: [["link", { rel: "icon", type: "image/svg+xml", href: `${base}icon.svg` }]],
  base,
  cleanUrls: true,
  markdown: {
    config: mermaidFences,
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
  },
  // The theme's home page has no main landmark.
  transformHtml: (html) =>
    html.includes("<main") ? html : html.replace('id="VPContent"', '$& role="main"'),
  themeConfig: {
    nav: [
      { text: "Start", link: "/quick-start", activeMatch: "/(what-it-is|quick-start)" },
      { text: "Guides", link: "/guides/share-a-cart", activeMatch: "/(guides|migrating)/" },
      { text: "Patterns", link: "/patterns/", activeMatch: "/patterns/" },
      { text: "Reference", link: "/reference/bus", activeMatch: "/(reference|api)/" },
    ],
    sidebar: [
      {
        text: "Start",
        items: [
          { text: "What it is, and is not", link: "/what-it-is" },
          { text: "Quick start", link: "/quick-start" },
          { text: "Beside its peers", link: "/comparison" },
          { text: "Performance", link: "/performance" },
        ],
      },
      { text: "Guides", items: guides },
      { text: "Patterns", items: patterns },
      { text: "Migrating", items: migrating },
      { text: "Reference", items: reference },
      {
        text: "API",
        items: entries.map(({ name }) => ({ text: name, link: `/api/${name}` })),
      },
    ],
    outline: [2, 3],
    search: { provider: "local" },
  },
});
