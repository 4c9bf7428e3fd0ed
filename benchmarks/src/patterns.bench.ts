import { createPubSub } from "@pubsub-mfe/core";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import type { Benchmark } from "./measure.js";

const CALLS = 5_000;
const double = async ({ n }: { n: number }): Promise<number> => n * 2;

export const benchmarks: readonly Benchmark[] = [
  {
    title: "one request after the other",
    in: ["node", "chromium"],
    rounds: 15,
    contenders: [
      {
        name: "an async call",
        note: "no bus, no timeout",
        setup: () => ({
          async run() {
            for (let n = 0; n < CALLS; n++) await double({ n });
            return CALLS;
          },
        }),
      },
      {
        name: "@pubsub-mfe/patterns RequestResponse",
        setup() {
          const bus = createPubSub();
          const rpc = new RequestResponse(bus);
          rpc.handle("double", double);
          return {
            async run() {
              for (let n = 0; n < CALLS; n++) await rpc.request("double", { n });
              return CALLS;
            },
            close: () => bus.dispose(),
          };
        },
      },
    ],
  },
];
