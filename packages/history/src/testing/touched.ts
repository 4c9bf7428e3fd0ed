import { vi } from "vitest";

/** What was asked of the database, and how many rows it gave. */
export interface Touched {
  requests: number;
  rows: number;
}

const READS = ["get", "getKey", "getAll", "getAllKeys", "getAllRecords", "count"] as const;
const CURSORS = ["openCursor", "openKeyCursor"] as const;

/** Counts what is read from now on, until the mocks are restored; of a cursor, that it was opened. */
export function watchReads(): Touched {
  const touched: Touched = { requests: 0, rows: 0 };
  for (const source of [IDBObjectStore.prototype, IDBIndex.prototype]) {
    for (const method of [...READS, ...CURSORS]) {
      wrap(source, method, (request) => {
        touched.requests += 1;
        request.addEventListener("success", () => {
          const { result } = request;
          if (method === "getAll" || method === "getAllRecords") touched.rows += result.length;
          if (method === "get" || method === "openCursor") touched.rows += 1;
        });
      });
    }
  }
  return touched;
}

/** Lets a method tell of each call. One that this engine lacks is left out. */
function wrap(prototype: object, method: string, onCall: (returned: IDBRequest) => void): void {
  const methods = prototype as Record<string, (...args: unknown[]) => IDBRequest>;
  const original = methods[method];
  if (!original) return;
  vi.spyOn(methods, method).mockImplementation(function (this: unknown, ...args) {
    const returned = original.apply(this, args);
    onCall(returned);
    return returned;
  });
}

/** Takes `getAllRecords` away, which WebKit and older Chromiums do not have. */
export function withoutGetAllRecords(): () => void {
  const kept = [IDBObjectStore.prototype, IDBIndex.prototype].map((prototype) => {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, "getAllRecords");
    if (descriptor) delete (prototype as { getAllRecords?: unknown }).getAllRecords;
    return { prototype, descriptor };
  });
  return () => {
    for (const { prototype, descriptor } of kept) {
      if (descriptor) Object.defineProperty(prototype, "getAllRecords", descriptor);
    }
  };
}
