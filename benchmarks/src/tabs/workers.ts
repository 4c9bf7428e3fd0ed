import { createPubSub } from "@pubsub-mfe/core";
import { connectOwner, connectWorker } from "@pubsub-mfe/cross-tab/frames";
import { expose, wrap } from "comlink";
import type { Benchmark, Contender } from "../measure.js";
import { payload } from "./links.js";

const ROUND_TRIPS = 200;

/** What a worker answers with, by the name that it was started with. */
const inWorker = {
  raw: () => {
    addEventListener("message", ({ data }) => postMessage(data));
  },
  comlink: () => expose({ echo: (value: unknown) => value }),
  ours() {
    const bus = createPubSub();
    bus.subscribe("ask", ({ payload }) => {
      bus.publish("answer", payload);
    });
    connectOwner(bus);
  },
};

/** Runs in a worker. */
export function answer(name: string): void {
  inWorker[name as keyof typeof inWorker]();
}

interface RoundTrips {
  roundTrip(): Promise<unknown>;
  stop?(): void;
}

/** One round trip after the other. */
function contender(
  name: string,
  note: string,
  key: keyof typeof inWorker,
  start: (worker: Worker) => RoundTrips,
): Contender {
  return {
    name,
    note,
    async setup() {
      const worker = new Worker(`/worker.js?${key}`, { type: "module" });
      const { roundTrip, stop } = start(worker);
      return {
        async run() {
          for (let n = 0; n < ROUND_TRIPS; n += 1) await roundTrip();
          return ROUND_TRIPS;
        },
        close() {
          stop?.();
          worker.terminate();
        },
      };
    },
  };
}

const raw = contender("raw postMessage", "no bus", "raw", (worker) => ({
  roundTrip: () =>
    new Promise((resolve) => {
      worker.onmessage = resolve;
      worker.postMessage(payload);
    }),
}));

const ours = contender(
  "@pubsub-mfe/cross-tab/frames",
  "connectWorker: publish a question, until its answer is handled",
  "ours",
  (worker) => {
    const bus = createPubSub();
    let done: (value: unknown) => void = () => {};
    bus.subscribe("answer", (message) => done(message));
    connectWorker(bus, worker);
    return {
      roundTrip: () =>
        new Promise((resolve) => {
          done = resolve;
          bus.publish("ask", payload);
        }),
      stop: () => bus.dispose(),
    };
  },
);

const comlink = contender("comlink", "a call of a function; no topics", "comlink", (worker) => {
  const remote = wrap<{ echo(value: unknown): unknown }>(worker);
  return { roundTrip: () => remote.echo(payload) };
});

export const workers: Benchmark = {
  title: "a worker is asked, and answers",
  in: ["chromium"],
  rounds: 11,
  warmUpRounds: 4,
  contenders: [raw, ours, comlink],
};
