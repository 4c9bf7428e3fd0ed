// Documents share a worker, and each begins with a page that nobody has joined, and no database.
import { IDBFactory } from "fake-indexeddb";
import { beforeAll } from "vitest";

const SLOT = Symbol.for("@pubsub-mfe/page");

beforeAll(() => {
  Object.assign(globalThis, { indexedDB: new IDBFactory() });
  const { pages = {} } = (document as { [SLOT]?: { pages: Record<string, unknown> } })[SLOT] ?? {};
  for (const app of Object.keys(pages)) delete pages[app];
});
