import fc from "fast-check";
import { expect, it } from "vitest";
import { collect, MemoryOrigin, numbered, settled } from "../testing/event-stores.js";

it("each event is published, whichever tabs die while they publish, and twice only where one did", async () => {
  const step = fc.record({ tab: fc.nat(2), size: fc.integer({ min: 1, max: 4 }) });
  /** At which call of `publish` each tab dies, if at any. */
  const deaths = fc.array(fc.option(fc.nat(5)), { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), deaths, async (steps, at) => {
      const origin = new MemoryOrigin();
      const published: string[] = [];
      let died = 0;
      const open = (deathAt: number | null) => {
        let calls = 0;
        let isDead = false;
        const tab = origin.tab({
          bus: {
            publish(_topic, _payload, options) {
              if (isDead) return;
              published.push(String(options?.meta?.eventId));
              if (calls++ !== deathAt) return;
              isDead = true;
              died += 1;
              tab.crash();
            },
          },
        });
        return tab;
      };
      const tabs = at.map(open);

      for (const { tab, size } of steps) {
        // One that has died never answers.
        void tabs[tab]?.store.append(`s${tab}`, numbered(1, size));
        await settled();
      }
      open(null);
      await origin.advance(1_500);

      const { store, streams } = origin.tab();
      const stored = (await collect(store.readAll())).map(({ id }) => id);
      expect(new Set(published)).toEqual(new Set(stored));
      // A batch that was not taken out comes again as a whole.
      const batch = 4 * steps.length;
      expect(published.length).toBeLessThanOrEqual(stored.length + died * batch);
      if (died === 0) expect(published).toEqual(stored);
      await streams.pending(() => expect.unreachable("All are out of the outbox."));
    }),
    { numRuns: 30 },
  );
});
