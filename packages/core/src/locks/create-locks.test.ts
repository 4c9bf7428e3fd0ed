// @vitest-environment happy-dom
import { IDBFactory, IDBObjectStore, IDBTransaction } from "fake-indexeddb";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createLocks } from "./create-locks.js";
import { raiseEpoch } from "./epochs.js";
import { isLockError, LockError, LockLostError } from "./errors.js";
import type { LockChannel, WebLocks } from "./platform.js";

/** Grants every request at once, and shows what was asked. */
function lonelyLocks() {
  const request = vi.fn<WebLocks["request"]>(async (_name, _options, callback) => callback());
  return { request, query: vi.fn(async () => ({})) };
}

const noChannel = (): LockChannel => ({ onmessage: null, postMessage() {}, close() {} });

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("createLocks", () => {
  it("holds a lock of the platform under the name of its database", async () => {
    const locks = lonelyLocks();
    const { hold } = createLocks({ locks, indexedDB: new IDBFactory(), dbName: "mine" });

    await hold("checkout", () => {});

    expect(locks.request.mock.calls.map(([name]) => name)).toEqual(["mine:checkout"]);
    expect(locks.query).not.toHaveBeenCalled();
  });

  it("goes on counting in a database that was there", async () => {
    const indexedDB = new IDBFactory();
    const epoch = () =>
      createLocks({ locks: lonelyLocks(), indexedDB }).hold("a", (turn) => turn.epoch);

    expect([await epoch(), await epoch(), await epoch()]).toEqual([1, 2, 3]);
  });

  it("opens one channel, and closes it in the end", async () => {
    const close = vi.fn();
    const channel = vi.fn(() => ({ ...noChannel(), close }));
    const config = { locks: lonelyLocks(), indexedDB: new IDBFactory(), channel };
    const { hold } = createLocks(config);

    await hold("a", () => hold("b", () => expect(close).not.toHaveBeenCalled()));

    expect(channel).toHaveBeenCalledTimes(1);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it("listens to the page only meanwhile, and never to the caller's signal afterwards", async () => {
    const { signal } = new AbortController();
    const listening = new Set<string>();
    for (const [name, target] of Object.entries({ window, document, signal }) as [
      string,
      EventTarget,
    ][]) {
      const add = target.addEventListener.bind(target);
      const remove = target.removeEventListener.bind(target);
      vi.spyOn(target, "addEventListener").mockImplementation((type, ...rest) => {
        listening.add(`${name} ${type}`);
        add(type, ...rest);
      });
      vi.spyOn(target, "removeEventListener").mockImplementation((type, ...rest) => {
        listening.delete(`${name} ${type}`);
        remove(type, ...rest);
      });
    }
    const { hold } = createLocks({ locks: lonelyLocks(), indexedDB: new IDBFactory() });

    await hold("a", () => expect([...listening]).toContain("document freeze"), { signal });

    expect([...listening]).toEqual([]);
  });

  it.each([
    ["Web Locks", { indexedDB: new IDBFactory() }, "Serve the page over https"],
    ["IndexedDB", { locks: lonelyLocks() }, "Does the user block storage?"],
    [
      "BroadcastChannel",
      { locks: lonelyLocks(), indexedDB: new IDBFactory() },
      "Pass one as `channel`",
    ],
  ])("refuses without %s, and says what to do", async (_what, config, sentence) => {
    vi.stubGlobal("navigator", {});
    vi.stubGlobal("indexedDB", undefined);
    vi.stubGlobal("BroadcastChannel", undefined);
    const callback = vi.fn();

    const failure = await createLocks(config)
      .hold("a", callback)
      .catch((error) => error);

    expect(failure).toMatchObject({ name: "LocksUnavailableError", code: "LOCKS_UNAVAILABLE" });
    expect(failure.message).toContain(sentence);
    expect(callback).not.toHaveBeenCalled();
  });

  it("refuses where the platform forbids locks, or keeps no epochs", async () => {
    const cause = new DOMException("opaque origin", "SecurityError");
    const forbidden = { ...lonelyLocks(), request: () => Promise.reject(cause) };
    const broken = {
      open() {
        throw cause;
      },
    } as unknown as IDBFactory;

    for (const config of [
      { locks: forbidden, indexedDB: new IDBFactory() },
      { locks: lonelyLocks(), indexedDB: broken },
    ]) {
      await expect(createLocks(config).hold("a", () => {})).rejects.toMatchObject({
        code: "LOCKS_UNAVAILABLE",
        cause,
      });
    }
  });
});

describe("raiseEpoch", () => {
  it("gives up, and raises nothing, when the signal aborts", async () => {
    const indexedDB = new IDBFactory();
    const quit = new AbortController();
    const raised = raiseEpoch(indexedDB, "db", "a", quit.signal);

    quit.abort("left");

    await expect(raised).rejects.toBe("left");
    const { signal } = new AbortController();
    expect(await raiseEpoch(indexedDB, "db", "a", signal)).toBe(1);
  });

  it("gives each number once to those who ask at the same time", async () => {
    const indexedDB = new IDBFactory();
    const { signal } = new AbortController();

    const epochs = await Promise.all(
      Array.from({ length: 20 }, () => raiseEpoch(indexedDB, "db", "a", signal)),
    );

    expect(new Set(epochs).size).toBe(20);
    expect(Math.max(...epochs)).toBe(20);
  });

  it("is not disturbed by a signal that aborts when its transaction has just ended", async () => {
    const leaving = new AbortController();
    const abort = vi.spyOn(IDBTransaction.prototype, "abort").mockImplementation(() => {
      throw new DOMException("The transaction has finished.", "InvalidStateError");
    });

    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementationOnce(function (
      this: IDBObjectStore,
      ...args
    ) {
      put.mockRestore();
      const request = this.put(...args);
      leaving.abort();
      return request;
    });

    expect(await raiseEpoch(new IDBFactory(), "db", "a", leaving.signal)).toBe(1);
    expect(abort).toHaveBeenCalledOnce();
  });
});

describe("isLockError", () => {
  it("knows an error by its code, of whatever copy it is", () => {
    const error = new LockLostError("a", "stolen");

    expect(error).toBeInstanceOf(LockError);
    expect(error.message).toContain('The lock "a" was lost');
    expect(isLockError(error)).toBe(true);
    expect(isLockError({ code: "LOCKS_UNAVAILABLE" })).toBe(true);
    expect(isLockError(error, "LOCK_LOST")).toBe(true);
    expect(isLockError(error, "LOCKS_UNAVAILABLE")).toBe(false);
    expect(isLockError({ code: "BUS_DISPOSED" })).toBe(false);
    expect(isLockError(null)).toBe(false);
  });
});
