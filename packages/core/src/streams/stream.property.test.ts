import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { turnEnd } from "../fixtures/turn.js";
import { createPubSub, isBusError, type MessageStream, stream } from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

type Overflow = "drop-oldest" | "drop-newest" | "throw";
/** Publishes and reads of one turn, then its end; or the end of the stream. */
type Step = { publish: number } | { next: number } | "end turn" | "return" | "abort";

const some = fc.integer({ min: 1, max: 5 });
const steps = fc.array(
  fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
    { weight: 8, arbitrary: fc.record({ publish: some }) },
    { weight: 6, arbitrary: fc.record({ next: some }) },
    { weight: 6, arbitrary: fc.constant("end turn") },
    { weight: 1, arbitrary: fc.constantFrom("return", "abort") },
  ),
  { maxLength: 40, size: "max" },
);

/** What a stream is said to do, in arrays: what each next() gets, and what onDrop is told. */
class ModelStream {
  readonly answers: unknown[] = [];
  readonly told: number[] = [];
  dropped = 0;
  readonly #capacity: number;
  readonly #overflow: Overflow;
  /** Published, and on the way until the end of the turn. */
  #sent: number[] = [];
  #waiting: number[] = [];
  #readers: number[] = [];
  #state: "open" | "failed" | "over" = "open";

  constructor(capacity: number, overflow: Overflow) {
    this.#capacity = capacity;
    this.#overflow = overflow;
  }

  publish(payload: number): void {
    this.#sent.push(payload);
  }

  next(): void {
    const nth = this.answers.push("pending") - 1;
    if (this.#waiting.length > 0) this.answers[nth] = this.#waiting.shift();
    else if (this.#state === "open") this.#readers.push(nth);
    else {
      this.answers[nth] = this.#state === "failed" ? "overflow" : "done";
      this.#state = "over";
    }
  }

  endTurn(): void {
    const before = this.dropped;
    for (const payload of this.#sent.splice(0)) {
      if (this.#state === "open") this.#deliver(payload);
    }
    if (this.dropped > before) this.told.push(this.dropped - before);
  }

  end(): void {
    this.#state = "over";
    this.#waiting = [];
    for (const nth of this.#readers.splice(0)) this.answers[nth] = "done";
  }

  #deliver(payload: number): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) this.answers[reader] = payload;
    else if (this.#waiting.length < this.#capacity) this.#waiting.push(payload);
    else if (this.#overflow === "throw") this.#state = "failed";
    else {
      this.dropped += 1;
      if (this.#overflow === "drop-oldest") this.#waiting = [...this.#waiting.slice(1), payload];
    }
  }
}

/** Keeps the answer of a next() in its place. */
async function read(messages: MessageStream<number>, answers: unknown[]): Promise<void> {
  const nth = answers.push("pending") - 1;
  try {
    const { done, value } = await messages.next();
    answers[nth] = done ? "done" : value.payload;
  } catch (error) {
    answers[nth] = isBusError(error, "STREAM_OVERFLOW") ? "overflow" : error;
  }
}

describe("stream, whatever happens in whatever order", () => {
  it.each<Overflow>(["drop-oldest", "drop-newest", "throw"])(
    "does what its model does, %s",
    async (overflow) => {
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 6 }), async (taken, buffer) => {
          // Its time stands still: no turn is cut in two, however slow the machine.
          const bus = createPubSub({ clock: new ManualClock() });
          const controller = new AbortController();
          const { signal } = controller;
          const told: number[] = [];
          const answers: unknown[] = [];
          const onDrop = (count: number) => told.push(count);
          const messages = stream<number>(bus, "a", { buffer, overflow, onDrop, signal });
          const model = new ModelStream(buffer, overflow);
          let published = 0;

          for (const step of [...taken, "end turn" as const]) {
            if (step === "end turn") {
              await turnEnd();
              model.endTurn();
              expect(answers).toEqual(model.answers);
            } else if (step === "return" || step === "abort") {
              if (step === "abort") controller.abort();
              else void messages.return();
              model.end();
              expect(bus.handlerCount()).toBe(0);
            } else if ("publish" in step) {
              for (let n = 0; n < step.publish; n += 1) {
                published += 1;
                bus.publish("a", published);
                model.publish(published);
              }
            } else {
              for (let n = 0; n < step.next; n += 1) {
                void read(messages, answers);
                model.next();
              }
            }
            expect(messages.dropped).toBe(model.dropped);
          }

          expect(told).toEqual(model.told);
        }),
      );
    },
  );
});
