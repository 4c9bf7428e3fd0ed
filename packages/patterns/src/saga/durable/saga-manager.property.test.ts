import fc from "fast-check";
import { expect, it } from "vitest";
import {
  defineSaga,
  type SagaDefinition,
  type SagaHandle,
  type SagaState,
  type SagaStep,
} from "../../saga.js";
import { checkSagas } from "../../testing/saga-invariants.js";
import { Origin, type SagaTab } from "../../testing/sagas.js";

/** What happens, to which of three tabs. */
type Happening =
  | { readonly type: "start" | "cancel"; readonly tab: number; readonly id: string }
  | { readonly type: "crash" | "freeze" | "sleep" | "hide" | "back"; readonly tab: number }
  | { readonly type: "pass"; readonly ms: number };

interface StepPlan {
  /** How long it takes, in milliseconds. */
  readonly ms: number;
  /** How often it fails before it succeeds, counted over all tabs. */
  readonly failures: number;
  readonly attempts: number;
  readonly more: Pick<SagaStep, "resume" | "compensateOnFailure">;
}

const tab = fc.nat({ max: 2 });
const id = fc.constantFrom("cart/1", "cart-2");
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant("start" as const), tab, id }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("cancel" as const), tab, id }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom(...(["crash", "freeze", "sleep", "hide", "back"] as const)),
      tab,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("pass" as const),
      ms: fc.constantFrom(0, 20, 50, 300, 1_000, 7_000),
    }),
  },
);
const stepPlan: fc.Arbitrary<StepPlan> = fc.record({
  ms: fc.constantFrom(0, 30, 400, 2_000),
  failures: fc.nat({ max: 2 }),
  attempts: fc.integer({ min: 1, max: 3 }),
  more: fc.constantFrom<StepPlan["more"]>(
    {},
    { resume: "compensate" },
    { compensateOnFailure: true },
  ),
});

class World {
  readonly origin = new Origin();
  readonly tabs: SagaTab[];
  readonly handles: { readonly tab: SagaTab; readonly handle: SagaHandle<unknown> }[] = [];
  readonly #plan: readonly StepPlan[];
  readonly #pivot: number;
  #isRepaired = false;
  readonly #failed = new Map<string, number>();

  constructor(plan: readonly StepPlan[], pivot: number) {
    this.#plan = plan;
    this.#pivot = pivot;
    this.tabs = [this.open(), this.open(), this.open()];
  }

  open(): SagaTab {
    const opened = this.origin.open();
    opened.sagas.register(this.#definition(opened));
    return opened;
  }

  /** The steps as that tab does them: they take time, ask the server, and fail some times. */
  #definition(own: SagaTab): SagaDefinition {
    const { clock } = this.origin;
    const steps = this.#plan.map(
      ({ ms, failures, attempts, more }, n): SagaStep => ({
        ...more,
        name: `s${n}`,
        pivot: n === this.#pivot,
        retry: { attempts, delay: 10, growth: 1 },
        action: async ({ idempotencyKey: key }) => {
          const rest = () =>
            own.wait(new Promise<void>((resolve) => void clock.setTimer(resolve, ms)));
          await rest();
          const failed = this.#failed.get(key) ?? 0;
          if (failed < failures && !this.#isRepaired) {
            this.#failed.set(key, failed + 1);
            throw new Error(`no ${n}`);
          }
          await own.request(key);
          // So that some tabs are lost between what they asked for and its answer.
          await rest();
          return n;
        },
        compensation: ({ idempotencyKey }) => own.request(idempotencyKey),
      }),
    );
    return defineSaga("checkout", { version: 1, steps });
  }

  async happen(what: Happening): Promise<void> {
    if (what.type === "pass") return await this.origin.pass(what.ms, 100);
    const own = this.tabs[what.tab] as SagaTab;
    const { locks, sagas } = own;
    switch (what.type) {
      case "start":
        void sagas
          .start("checkout", { of: "one" }, { id: what.id })
          .then((handle) => this.handles.push({ tab: own, handle }));
        return;
      case "cancel":
        // Refused from the pivot on, and of what is not, or has ended.
        sagas.cancel("checkout", what.id).catch(() => {});
        return;
      case "crash":
        own.crash();
        this.tabs[what.tab] = this.open();
        return;
      case "freeze":
        return await locks.freeze({ silently: true });
      case "sleep":
        return await locks.freeze();
      case "hide":
        return locks.hide();
      case "back":
        locks.thaw();
        return locks.show();
    }
  }

  /** All wake up, and have time to finish. */
  async end(): Promise<void> {
    for (const { locks } of this.tabs) {
      locks.thaw();
      locks.show();
    }
    await this.#rest();
    // Steps after the pivot may have failed as often as they are tried.
    this.#isRepaired = true;
    const fresh = this.open();
    for (const { id, status } of await this.#list(fresh)) {
      if (status === "stuck") await fresh.sagas.retry("checkout", id);
    }
    await this.#rest();
  }

  /** Lets time pass until no saga is under way, and then some more, in which nothing is to happen. */
  async #rest(): Promise<void> {
    const [own] = this.tabs as [SagaTab];
    const isUnderWay = ({ status }: SagaState) =>
      !["completed", "failed", "stuck"].includes(status);
    await this.origin.pass(1_000, 100);
    for (let seconds = 0; seconds < 300; seconds += 1) {
      if (!(await this.#list(own)).some(isUnderWay)) break;
      await this.origin.pass(1_000, 100);
    }
    await this.origin.pass(5_000, 100);
  }

  async #list(own: SagaTab): Promise<SagaState[]> {
    const listed = own.sagas.list();
    await this.origin.pass(0);
    return await listed;
  }
}

it("has one outcome of each id, whatever becomes of three tabs", async () => {
  const outcomes = { completed: 0, failed: 0, repeated: 0 };
  const plans = fc.array(stepPlan, { minLength: 1, maxLength: 3 });
  const course = fc.array(happening, { minLength: 4, maxLength: 24 });
  await fc.assert(
    fc.asyncProperty(plans, fc.integer({ min: -1, max: 2 }), course, async (plan, pivot, all) => {
      const world = new World(plan, pivot);
      await world.happen({ type: "start", tab: 0, id: "cart/1" });
      for (const what of all) await world.happen(what);
      await world.end();

      await checkSagas(world.origin);
      const states = await (world.tabs[0] as SagaTab).sagas.list();
      for (const state of states) {
        expect(["completed", "failed"]).toContain(state.status);
        outcomes[state.status as "completed"] += 1;
      }
      for (const { tab: own, handle } of world.handles) {
        if (own.isGone) continue;
        const outcome = await handle.done;
        const state = states.find((each) => each.id === handle.id);
        expect(outcome.success || outcome.stuck || state?.status === "failed").toBe(true);
        if (outcome.success) expect(state?.status).toBe("completed");
        else if (!outcome.stuck) expect(state?.status).toBe("failed");
      }
      for (const count of world.origin.server.requests.values()) {
        if (count > 1) outcomes.repeated += 1;
      }
      const codes = world.tabs.flatMap((each) => each.codes());
      expect(codes.filter((code) => code !== "SAGA_STUCK")).toEqual([]);
      for (const each of world.origin.tabs) if (!each.isGone) each.sagas.dispose();
    }),
    { numRuns: Number(process.env.SAGA_RUNS ?? 200) },
  );
  expect(outcomes.completed).toBeGreaterThan(10);
  expect(outcomes.failed).toBeGreaterThan(10);
  expect(outcomes.repeated).toBeGreaterThan(0);
}, 600_000);
