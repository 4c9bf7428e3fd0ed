import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.js";
import { MemoryLockStore, type MemoryLocks } from "../testing/memory-locks.js";
import type { LockContext } from "./types.js";

type Step =
  | { does: "hide" | "show" | "freeze" | "freeze silently" | "thaw" | "close"; tab: number }
  | { does: "hold" | "finish" | "abort" | "toggle visibility"; tab: number }
  | { does: "wait"; tab: number };

const steps = fc.array(
  fc.record({
    does: fc.constantFrom<Step["does"]>(
      "hold",
      "hold",
      "hold",
      "finish",
      "finish",
      "abort",
      "hide",
      "show",
      "freeze",
      "freeze silently",
      "thaw",
      "close",
      "toggle visibility",
      "wait",
      "wait",
    ),
    tab: fc.nat({ max: 3 }),
  }),
  { maxLength: 60 },
) as fc.Arbitrary<Step[]>;

/** What is in flight comes to its end; everything in memory is microtasks. */
async function settle(): Promise<void> {
  for (let n = 0; n < 60; n += 1) await null;
}

/** A tab, what it holds by its own belief, and whether it can act on that. */
class Player {
  tab: MemoryLocks;
  asleep = false;
  visible = true;
  readonly turns = new Set<LockContext & { finish(): void }>();
  /** Told to end before the page went: a signal aborts once, so they cannot be told of the loss. */
  readonly told = new WeakSet<LockContext>();
  readonly quits = new Set<AbortController>();

  constructor(origin: MemoryLockStore) {
    this.tab = origin.tab();
  }

  /** The page hides or stands still, and may lose what it holds. */
  goAway(): void {
    for (const turn of this.turns) if (turn.signal.aborted) this.told.add(turn);
  }

  hold(epochs: number[]): Promise<unknown> {
    const quit = new AbortController();
    this.quits.add(quit);
    return this.tab
      .hold(
        "lock",
        ({ epoch, signal }) =>
          new Promise<void>((finish) => {
            epochs.push(epoch);
            const turn = {
              epoch,
              signal,
              finish: () => {
                this.turns.delete(turn);
                finish();
              },
            };
            this.turns.add(turn);
            signal.addEventListener("abort", () => {
              if (signal.reason?.code === "LOCK_LOST") turn.finish();
            });
          }),
        { signal: quit.signal, stealAfter: 1_000 },
      )
      .catch((error) => expect(error).toBe("quit"))
      .finally(() => this.quits.delete(quit));
  }
}

describe("Locks under any course of events", () => {
  it("have one holder that is awake, epochs that only grow, and leave nothing behind", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (course) => {
        const clock = new ManualClock();
        const origin = new MemoryLockStore(clock);
        const players = Array.from({ length: 4 }, () => new Player(origin));
        const epochs: number[] = [];
        const holds: Promise<unknown>[] = [];
        const closed: MemoryLocks[] = [];

        for (const { does, tab: index } of course) {
          const player = players[index] as Player;
          const { tab } = player;
          if (does === "hold" && !player.asleep) holds.push(player.hold(epochs));
          if (does === "finish" && !player.asleep) for (const turn of player.turns) turn.finish();
          if (does === "abort" && !player.asleep)
            for (const quit of player.quits) quit.abort("quit");
          if ((does === "hide" || does.startsWith("freeze")) && !player.asleep) player.goAway();
          if (does === "hide" && !player.asleep) tab.hide();
          if (does === "show" && !player.asleep) tab.show();
          if (does.startsWith("freeze") && !player.asleep) {
            await tab.freeze({ silently: does === "freeze silently" });
            player.asleep = true;
          }
          if (does === "thaw" && player.asleep) {
            player.asleep = false;
            tab.thaw();
          }
          if (does === "toggle visibility" && !player.asleep) {
            player.visible = !player.visible;
            tab.setVisible(player.visible);
          }
          if (does === "close") {
            tab.close();
            closed.push(tab);
            players[index] = new Player(origin);
          }
          if (does === "wait") {
            for (let n = 0; n < 10; n += 1) {
              clock.advance(250);
              await settle();
            }
          }
          await settle();
          const acting = players
            .filter(({ asleep }) => !asleep)
            .flatMap(({ turns, told }) => [...turns].filter((turn) => !told.has(turn)))
            .filter(({ signal }) => signal.reason?.code !== "LOCK_LOST");
          expect(acting.length).toBeLessThanOrEqual(1);
          for (const { epoch } of acting) expect(epoch).toBe(Math.max(...epochs));
        }

        expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
        // Everybody wakes, is seen, and ends what it began.
        for (const player of players) {
          if (player.asleep) player.tab.thaw();
          player.tab.show();
          player.tab.setVisible(true);
        }
        for (let n = 0; n < holds.length * 2 + 10; n += 1) {
          await settle();
          for (const { turns } of players) for (const turn of turns) turn.finish();
          clock.advance(250);
        }
        await settle();
        expect(players.map(({ quits }) => quits.size)).toEqual([0, 0, 0, 0]);
        expect(origin.locked()).toEqual([]);
        expect(
          players.map(({ tab }) => [tab.channels.size, tab.listeners.size, tab.timers]),
        ).toEqual(players.map(() => [0, 0, 0]));
      }),
      { numRuns: 200 },
    );
  });
});
