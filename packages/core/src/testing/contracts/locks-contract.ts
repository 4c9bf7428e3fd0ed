import { describe, expect, it, vi } from "vitest";
import type { LockContext, Locks } from "../../locks/types.js";

/** A tab of the world that a contract is tried in. */
export interface ContractTab {
  readonly locks: Locks;
  /** The page goes into the back/forward cache. */
  hide(): void;
  /** It comes back. */
  show(): void;
  /** The browser stops its tasks. */
  freeze(): void;
  /** Its tasks go on. */
  resume(): void;
  /** The tab is gone, with all that it did. */
  close(): void;
}

/** A turn that goes on until a test ends it. */
interface Turn {
  readonly context: LockContext;
  finish(value?: unknown): void;
  fail(error: unknown): void;
}

/** A lock that is held, or waited for. */
interface Holding {
  /** Waits for the next run of the callback. */
  turn(): Promise<Turn>;
  /** The end of it all. */
  readonly result: Promise<unknown>;
  /** Whether there is a run that nobody has taken. */
  started(): boolean;
}

/** Holds a lock, for as long as the test wants. */
export function holding(
  locks: Locks,
  name: string,
  options?: Parameters<Locks["hold"]>[2],
): Holding {
  const turns: Turn[] = [];
  const waiting: ((turn: Turn) => void)[] = [];
  const result = locks.hold(
    name,
    (context) =>
      new Promise<unknown>((finish, fail) => {
        const turn = { context, finish, fail };
        const next = waiting.shift();
        if (next) next(turn);
        else turns.push(turn);
      }),
    options,
  );
  // A test that does not look at it means another one.
  result.catch(() => {});
  const turn = (): Promise<Turn> => {
    const next = turns.shift();
    return next ? Promise.resolve(next) : new Promise((resolve) => waiting.push(resolve));
  };
  return { turn, result, started: () => turns.length > 0 };
}

/**
 * What any {@link Locks} must do.
 *
 * @param openTab - opens another tab of one origin, which the caller closes after the test
 */
export function locksContract(name: string, openTab: () => Promise<ContractTab>): void {
  const uniqueName = () => `lock ${crypto.randomUUID()}`;

  describe(name, () => {
    it("runs the callback and gives what it gave", async () => {
      const { locks } = await openTab();

      const result = await locks.hold(uniqueName(), async ({ epoch, signal }) => ({
        epoch,
        aborted: signal.aborted,
      }));

      expect(result).toEqual({ epoch: 1, aborted: false });
    });

    it("takes a callback that is not asynchronous", async () => {
      const { locks } = await openTab();

      expect(await locks.hold(uniqueName(), () => 42)).toBe(42);
    });

    it("lets in one at a time, in the order of asking, over tabs and within one", async () => {
      const lock = uniqueName();
      const tabs = [await openTab(), await openTab()];
      const log: string[] = [];
      const first = holding(tabs[0]?.locks as Locks, lock);
      const turn = await first.turn();

      const holds = [1, 2, 3, 4, 5, 6].map((n) =>
        tabs[n % 2]?.locks.hold(lock, async () => {
          log.push(`in ${n}`);
          for (let turns = 0; turns < 5; turns += 1) await null;
          log.push(`out ${n}`);
        }),
      );
      log.push("first out");
      turn.finish();
      await Promise.all(holds);

      const within = (n: number) => log.filter((line) => Number(line.slice(-1)) % 2 === n);
      expect(log[0]).toBe("first out");
      for (let n = 1; n < log.length; n += 2) {
        expect(log[n]?.replace("in", "out")).toBe(log[n + 1]);
      }
      expect(within(0)).toEqual(["in 2", "out 2", "in 4", "out 4", "in 6", "out 6"]);
      expect(within(1)).toEqual(["in 1", "out 1", "in 3", "out 3", "in 5", "out 5"]);
    });

    it("does not wait for a lock of another name", async () => {
      const { locks } = await openTab();
      const turn = await holding(locks, uniqueName()).turn();

      expect(await locks.hold(uniqueName(), () => "at once")).toBe("at once");
      turn.finish();
    });

    it("rejects with the callback's error, and lets go", async () => {
      const lock = uniqueName();
      const { locks } = await openTab();
      const error = new Error("no");

      await expect(locks.hold(lock, () => Promise.reject(error))).rejects.toBe(error);
      await expect(
        locks.hold(lock, () => {
          throw error;
        }),
      ).rejects.toBe(error);

      expect(await locks.hold(lock, () => "next")).toBe("next");
    });

    it("counts epochs per name, up over tabs", async () => {
      const lock = uniqueName();
      const [a, b] = [await openTab(), await openTab()];
      const epochs: number[] = [];
      for (const { locks } of [a, b, a, b]) {
        await locks.hold(lock, ({ epoch }) => epochs.push(epoch));
      }

      expect(epochs).toEqual([1, 2, 3, 4]);
      expect(await a.locks.hold(uniqueName(), ({ epoch }) => epoch)).toBe(1);
    });

    it("does not ask for a lock when the signal has aborted", async () => {
      const { locks } = await openTab();
      const callback = vi.fn();

      await expect(
        locks.hold(uniqueName(), callback, { signal: AbortSignal.abort("never mind") }),
      ).rejects.toBe("never mind");
      expect(callback).not.toHaveBeenCalled();
    });

    it.each([undefined, 60_000])(
      "gives up waiting, its place in the queue too (stealAfter %s)",
      async (stealAfter) => {
        const lock = uniqueName();
        const [a, b] = [await openTab(), await openTab()];
        const turn = await holding(a.locks, lock).turn();
        const quit = new AbortController();
        const callback = vi.fn();
        const impatient = b.locks.hold(lock, callback, {
          signal: quit.signal,
          ...(stealAfter && { stealAfter }),
        });
        const patient = b.locks.hold(lock, () => "patient");

        quit.abort("too long");

        await expect(impatient).rejects.toBe("too long");
        turn.finish();
        expect(await patient).toBe("patient");
        expect(callback).not.toHaveBeenCalled();
      },
    );

    it("tells a running callback of the abort, and keeps the lock until it settled", async () => {
      const lock = uniqueName();
      const [a, b] = [await openTab(), await openTab()];
      const quit = new AbortController();
      const first = holding(a.locks, lock, { signal: quit.signal });
      const turn = await first.turn();
      const second = holding(b.locks, lock);

      quit.abort("enough");

      expect(turn.context.signal.reason).toBe("enough");
      expect(second.started()).toBe(false);
      turn.finish("cleaned up");
      expect(await first.result).toBe("cleaned up");
      (await second.turn()).finish();
    });

    it.each([
      ["hidden", "hide", "show"],
      ["frozen", "freeze", "resume"],
    ] as const)(
      "lets go when the page is %s, and runs anew when it is back",
      async (reason, leave, comeBack) => {
        const lock = uniqueName();
        const [a, b] = [await openTab(), await openTab()];
        const first = holding(a.locks, lock);
        const turn = await first.turn();
        const second = holding(b.locks, lock);

        a[leave]();

        expect(turn.context.signal.reason).toMatchObject({ code: "LOCK_LOST", lock, reason });
        const other = await second.turn();
        turn.fail(turn.context.signal.reason);
        other.finish("other");
        expect(await second.result).toBe("other");
        a[comeBack]();
        const again = await first.turn();
        expect(again.context.epoch).toBeGreaterThan(other.context.epoch);
        expect(again.context.signal.aborted).toBe(false);
        again.finish("done at last");
        expect(await first.result).toBe("done at last");
      },
    );

    it("does not run a callback anew before its last run settled", async () => {
      const { locks, hide, show } = await openTab();
      const lock = uniqueName();
      const first = holding(locks, lock);
      const turn = await first.turn();
      hide();
      show();

      await locks.hold(lock, () => "somebody else");
      expect(first.started()).toBe(false);
      turn.finish("of no account");

      (await first.turn()).finish("counts");
      expect(await first.result).toBe("counts");
    });

    it("does not run anew what was aborted while the page was away", async () => {
      const { locks, hide, show } = await openTab();
      const lock = uniqueName();
      const quit = new AbortController();
      const first = holding(locks, lock, { signal: quit.signal });
      const turn = await first.turn();

      hide();
      quit.abort("gone");
      turn.finish();

      await expect(first.result).rejects.toBe("gone");
      show();
      expect(await locks.hold(lock, () => "free")).toBe("free");
    });

    it("leaves the queue while the page is away", async () => {
      const lock = uniqueName();
      const [a, b, c] = [await openTab(), await openTab(), await openTab()];
      const turn = await holding(a.locks, lock).turn();
      const away = holding(b.locks, lock, { stealAfter: 60_000 });
      const third = holding(c.locks, lock);

      b.hide();
      turn.finish();

      const other = await third.turn();
      b.show();
      other.finish();
      (await away.turn()).finish("back");
      expect(await away.result).toBe("back");
    });

    it("passes on the lock of a tab that is gone", async () => {
      const lock = uniqueName();
      const [a, b] = [await openTab(), await openTab()];
      const lost = await holding(a.locks, lock).turn();
      const next = holding(b.locks, lock);

      a.close();

      const turn = await next.turn();
      expect(turn.context.epoch).toBeGreaterThan(lost.context.epoch);
      turn.finish();
    });

    it.each([
      ["", {}, "A lock's name is a non-empty string"],
      [7 as never, {}, "A lock's name is a non-empty string"],
      ["a", { stealAfter: 0 }, "stealAfter is a number of milliseconds above 0"],
      ["a", { stealAfter: Number.NaN }, "stealAfter is a number of milliseconds above 0"],
    ])("refuses %j with %j", async (lock, options, sentence) => {
      const { locks } = await openTab();

      const refused = expect(locks.hold(lock, () => {}, options)).rejects;

      await refused.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining(sentence),
      });
    });
  });
}
