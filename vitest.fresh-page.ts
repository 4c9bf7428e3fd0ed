// Files that share a worker share its page: each begins with one that nobody has joined, and with no
// database.
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";

const SLOT = Symbol.for("@pubsub-mfe/page");

Object.assign(globalThis, { indexedDB: new IDBFactory() });
const page = (globalThis.document ?? {}) as { [SLOT]?: { pages: Record<string, unknown> } };
const { pages = {} } = page[SLOT] ?? {};
for (const app of Object.keys(pages)) delete pages[app];
