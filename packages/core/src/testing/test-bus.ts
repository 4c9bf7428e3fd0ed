import { checkChoice } from "../arguments.js";
import { createPubSub } from "../bus.js";
import type { DiagnosticEvent } from "../diagnostics/events.js";
import type { StandardSchema } from "../policy/standard-schema.js";
import type { MessageOf, TopicsOf } from "../topics/typed.js";
import type { Message, PublishOptions, PubSubBus, PubSubConfig, Untyped } from "../types.js";
import { advanceStepwise } from "./advance.js";
import { ManualClock } from "./manual-clock.js";
import { type Recorder, Recording } from "./recorder.js";
import { settleTasks } from "./tasks.js";

/** With a clock that stands still no time budget ends what handlers publish for ever. */
const MOST_IN_ONE_TASK = 100_000;

/** Options of {@link createTestBus}. */
export interface TestBusConfig extends Omit<PubSubConfig, "clock"> {
  /**
   * The source of time, for example that of a {@link TestNetwork}.
   *
   * @defaultValue a {@link ManualClock} of its own
   */
  readonly clock?: ManualClock | undefined;
  /**
   * What becomes of the error of a handler. `"throw"`: `flush` and `advance` reject with it; one that
   * comes while neither is under way is thrown uncaught, which fails the run. `"collect"`: it is in `diagnostics`, and that is all.
   *
   * @defaultValue `"throw"`
   */
  readonly handlerErrors?: "throw" | "collect" | undefined;
}

/** A bus for tests, with what it did. */
export interface TestBus<Topics = Untyped> extends PubSubBus<Topics> {
  readonly clock: ManualClock;
  /** What was published on this bus, from the moment that `publish` returned. */
  readonly published: Recorder<Untyped, MessageOf<Topics, "#">>;
  /** What the bus told, oldest first. */
  readonly diagnostics: readonly DiagnosticEvent[];
  /**
   * Waits until all that was published is delivered: what handlers publish in return as well, also
   * after an `await` of something that is settled. No time passes, neither real nor on the clock.
   *
   * @returns rejects with the error of a handler that failed meanwhile, of several with an
   *   `AggregateError`; see {@link TestBusConfig.handlerErrors}
   */
  flush(): Promise<void>;
  /**
   * Lets time pass on the clock: fires each timer that becomes due at its moment, and flushes before
   * and after it.
   *
   * @param ms - in milliseconds
   * @returns rejects as `flush` does, and with what a timer throws
   */
  advance(ms: number): Promise<void>;
}

/**
 * Creates a bus with a clock that the test turns, which records what it does. All else is as
 * {@link createPubSub} makes it.
 *
 * @example
 * ```ts
 * const bus = createTestBus();
 * mountCart(bus);
 * bus.publish("catalog.item.chosen", { sku: "A-1" });
 * await bus.flush();
 * expect(bus).toHavePublished("cart.item.added", { sku: "A-1" });
 * ```
 */
export function createTestBus<const Schemas extends Readonly<Record<string, StandardSchema>>>(
  config: TestBusConfig & { readonly topics: Schemas },
): TestBus<TopicsOf<Schemas>>;
export function createTestBus<Topics = Untyped>(config?: TestBusConfig): TestBus<Topics>;
export function createTestBus(config: TestBusConfig = {}): TestBus {
  const { clock = new ManualClock(), handlerErrors = "throw", onDiagnostic, ...rest } = config;
  checkChoice("handlerErrors", handlerErrors, ["throw", "collect"]);
  const diagnostics: DiagnosticEvent[] = [];
  const failures = new Failures();
  const bus = createPubSub({
    ...rest,
    clock,
    onDiagnostic: (event) => {
      diagnostics.push(event);
      if (handlerErrors === "throw") failures.look(event);
      onDiagnostic?.(event);
    },
  });
  const published = new Recording();
  const guard = new TaskGuard(published);
  const publish = bus.publish.bind(bus);

  /** Changes with everything that the bus does. */
  const progress = (): string => {
    const { messageCount } = bus.getStats();
    return `${messageCount.published} ${messageCount.dispatched} ${diagnostics.length}`;
  };
  const settle = async (): Promise<void> => {
    for (let before = ""; before !== progress(); ) {
      before = progress();
      await settleTasks();
    }
  };

  return Object.assign(bus, {
    clock,
    published,
    diagnostics,
    publish: (topic: string, payload: unknown, options?: PublishOptions): Message => {
      guard.count();
      const message = publish(topic, payload, options);
      if (message.meta?._rateLimited !== true) published.add(message);
      return message;
    },
    flush: () => failures.during(settle),
    advance: (ms: number) => failures.during(() => advanceStepwise(clock, ms, settle)),
  });
}

/** The errors that nobody was told of yet. */
class Failures {
  #errors: Error[] = [];
  #watching = 0;

  look(event: DiagnosticEvent): void {
    if (event.type === "handler-error") this.#add(event.error);
    if (event.type !== "warning") return;
    if (event.code === "HOOK_FAILED") this.#add(event.details as Error);
    if (event.code === "LINK_SEND_FAILED") this.#add(new Error(event.message));
  }

  /** Rejects with what fails while the work is under way. */
  async during(work: () => Promise<void>): Promise<void> {
    this.#watching += 1;
    try {
      await work();
    } finally {
      this.#watching -= 1;
    }
    const errors = this.#errors;
    this.#errors = [];
    if (errors.length > 1) {
      const reasons = errors.slice(0, 10).map((error) => `\n  ${error}`);
      throw new AggregateError(errors, `${errors.length} handlers failed:${reasons.join("")}`);
    }
    if (errors[0]) throw errors[0];
  }

  #add(error: Error): void {
    if (this.#watching > 0) this.#errors.push(error);
    else throwUncaught(error);
  }
}

/** Not `reportError`, which Node and happy-dom lack: what is only printed fails no test. */
function throwUncaught(error: Error): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Keeps handlers that answer each other without end from hanging the process. */
class TaskGuard {
  readonly #published: Recorder;
  #count = 0;

  constructor(published: Recorder) {
    this.#published = published;
  }

  /** @throws when there is no end to be seen */
  count(): void {
    if (this.#count === 0) void settleTasks().then(() => this.#reset());
    this.#count += 1;
    if (this.#count <= MOST_IN_ONE_TASK) return;
    const topics = new Set(this.#published.topics.slice(-100));
    throw new Error(
      `${MOST_IN_ONE_TASK} messages were published in one task. Do handlers answer each other without end? The last topics: ${[...topics].join(", ")}.`,
    );
  }

  #reset(): void {
    this.#count = 0;
  }
}
