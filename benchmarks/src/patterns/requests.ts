import { createPubSub, joinPubSub } from "@pubsub-mfe/core";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { createBirpc } from "birpc";
import { type Endpoint, expose, wrap } from "comlink";
import { JSONRPCClient, JSONRPCServer } from "json-rpc-2.0";
import type { Benchmark, Contender } from "../measure.js";

type Double = (n: number) => Promise<number>;

interface Side {
  readonly double: Double;
  close?(): void;
}

const double = async ({ n }: { n: number }): Promise<number> => n * 2;

/** Each way to ask. The first is what the goals are set against. */
const sides: readonly [name: string, note: string, open: () => Side, only?: Contender["in"]][] = [
  ["birpc", "over two functions; nothing else hears it", openBirpc],
  ["@pubsub-mfe/patterns", "published on a bus", () => openOurs(() => createPubSub(), 1)],
  [
    "@pubsub-mfe/patterns, two copies",
    "joined on the page; one asks, the other handles",
    openJoined,
    ["chromium"],
  ],
  ["json-rpc-2.0", "over two functions", openJsonRpc],
  ["comlink", "over a MessageChannel, which clones, and takes a task each way", openComlink],
  ["an async call", "no names, no timeout", () => ({ double: (n) => double({ n }) })],
];

export const requests: readonly Benchmark[] = [
  {
    title: "one request after the other",
    in: ["node", "chromium"],
    rounds: 15,
    contenders: contenders(1_000, async (ask, count) => {
      for (let n = 0; n < count; n += 1) await ask(n);
    }),
  },
  {
    title: "1,000 requests at once",
    in: ["node", "chromium"],
    rounds: 15,
    contenders: contenders(1_000, async (ask, count) => {
      await Promise.all(Array.from({ length: count }, (_, n) => ask(n)));
    }),
  },
];

function contenders(
  count: number,
  run: (ask: Double, count: number) => Promise<void>,
): Contender[] {
  return sides.map(([name, note, open, only]) => ({
    name,
    note,
    ...(only && { in: only }),
    setup() {
      const { double: ask, close } = open();
      return {
        async run() {
          await run(ask, count);
          return count;
        },
        ...(close && { close }),
      };
    },
  }));
}

function openOurs(
  createBus: (name: string) => ReturnType<typeof createPubSub>,
  copies: 1 | 2,
): Side {
  const asking = createBus("asking");
  const handling = copies === 1 ? asking : createBus("handling");
  const rpc = new RequestResponse(asking);
  new RequestResponse(handling).handle("double", double);
  return {
    double: (n) => rpc.request<number>("double", { n }),
    close() {
      handling.dispose();
      asking.dispose();
    },
  };
}

let apps = 0;

function openJoined(): Side {
  const app = `bench-${++apps}`;
  return openOurs((name) => joinPubSub({ app, name }), 2);
}

function openBirpc(): Side {
  const hear: ((data: unknown) => void)[] = [];
  const open = (own: 0 | 1, functions: Record<string, unknown>) =>
    createBirpc<{ double: typeof double }>(functions, {
      post: (data) => hear[1 - own]?.(data),
      on: (fn) => {
        hear[own] = fn;
      },
    });
  open(1, { double });
  const asking = open(0, {});
  return { double: (n) => asking.double({ n }) };
}

function openJsonRpc(): Side {
  const server = new JSONRPCServer();
  server.addMethod("double", double);
  const client = new JSONRPCClient(async (request) => {
    client.receive((await server.receive(request)) as never);
  });
  return { double: async (n) => client.timeout(5_000).request("double", { n }) };
}

function openComlink(): Side {
  const { port1, port2 } = new MessageChannel();
  expose(double, port1 as Endpoint);
  const remote = wrap<typeof double>(port2 as Endpoint);
  return {
    double: (n) => remote({ n }),
    close() {
      port1.close();
      port2.close();
    },
  };
}
