import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createPubSub, type Message } from "@pubsub-mfe/core";
import { describe, expect, it } from "vitest";
import { writeTest } from "./test-code.js";

const cycle: Record<string, unknown> = { sku: "A-1" };
cycle.self = cycle;

class Order {
  readonly id = "o-1";
}

/** By name, payloads as they may be. */
const PAYLOADS: Readonly<Record<string, unknown>> = {
  undefined,
  null: null,
  plain: { orderId: "o-118", amount: 173, paid: true, note: null, missing: undefined },
  numbers: [0, -0, Number.NaN, Infinity, -Infinity, 1e21, 0.1, 12n],
  dates: { at: new Date(1_700_000_000_123), never: new Date(Number.NaN) },
  map: new Map<unknown, unknown>([
    ["a", { deep: new Map([[{ key: 1 }, new Set(["x", new Set()])]]) }],
    [7, undefined],
  ]),
  unicode: {
    text: 'ä "quoted" \\ `$x` </script> 🛒 \u2028 next \u2029 \ud800 \0',
    "key with 'quotes'": 1,
    日本: "語",
    ["__proto__"]: { polluted: true },
  },
  nested: { list: Array.from({ length: 40 }, (_each, n) => ({ n, tags: ["a".repeat(n)] })) },
  long: Array.from({ length: 10_000 }, (_each, n) => n),
  binary: {
    bytes: new Uint8Array([1, 2]),
    floats: new Float64Array([0.5]),
    buffer: new ArrayBuffer(2),
  },
  others: { error: new TypeError("no"), pattern: /a\/"b"/giu, order: new Order(), run: () => {} },
  cycle,
};

/** A message that follows from another, which follows from a third. */
function chain(payload: unknown): readonly Message[] {
  const bus = createPubSub();
  const first = bus.publish("cart.checkout", payload, { source: "cart", correlationId: "c-1" });
  const second = bus.publish("order.submitted", new Map(), {
    cause: first,
    schemaVersion: "order@2",
    meta: { traceparent: "00-4bf9", _crossTab: true },
  });
  return [first, second, bus.publish("order.paid", { at: new Date(5) }, { cause: second })];
}

describe("writeTest", () => {
  it("writes tests that run, and pass, whatever the payload", async () => {
    const bus = createPubSub();
    const chained = chain(["x"]);
    const codes: Record<string, string> = {
      chain: writeTest(chained[2] as Message, (id) => chained.find((each) => each.id === id)),
      cut: writeTest(chained[2] as Message, () => undefined),
    };
    for (const [name, payload] of Object.entries(PAYLOADS)) {
      codes[name] = writeTest(bus.publish("order.paid", payload), () => undefined);
    }
    // Shows that what is asserted can fail.
    codes.tampered = (codes.plain as string).replace(
      'toHavePublished("order.paid", payload)',
      'toHavePublished("order.paid", { amount: 1 })',
    );

    const { failed, passed } = await run(codes);

    expect(failed).toEqual(["tampered"]);
    expect(passed.sort()).toEqual(Object.keys({ ...PAYLOADS, chain: 0, cut: 0 }).sort());
  }, 60_000);

  it("publishes what the message follows from first, each with its cause", () => {
    const [first, second, third] = chain({ sku: "A-1" }) as [Message, Message, Message];

    const code = writeTest(third, (id) => [first, second].find((each) => each.id === id));

    expect(code).toContain(
      'const cause1 = bus.publish("cart.checkout", { sku: "A-1" }, { source: "cart", correlationId: "c-1" });',
    );
    expect(code).toContain(
      'const cause2 = bus.publish("order.submitted", new Map([]), { schemaVersion: "order@2", correlationId: "c-1", meta: { traceparent: "00-4bf9" }, cause: cause1 });',
    );
    expect(code).toContain('bus.publish("order.paid", payload, { correlationId: "c-1"');
    expect(code).toContain("expect(message.meta?.causationId).toBe(cause2.id);");
  });

  it("says where the chain is cut", () => {
    const [, , third] = chain(1) as [Message, Message, Message];

    expect(writeTest(third, () => undefined)).toContain("What came before is not known any more.");
  });

  it("says what is not as it was", () => {
    const code = (payload: unknown) =>
      writeTest(createPubSub().publish("a", payload), () => undefined);

    expect(code(cycle)).toContain(
      "// Not as it was: payload.self refers back to what it stands in.",
    );
    expect(code({ run: () => {} })).toContain("// Not as it was: payload.run is a function.");
    expect(code(new Order())).toContain("payload is of the class Order");
  });
});

/** Runs tests by a vitest of their own, in a folder where they find the packages. */
async function run(codes: Readonly<Record<string, string>>) {
  const home = join(import.meta.dirname, "../../node_modules/.written-tests");
  await mkdir(home, { recursive: true });
  const folder = await mkdtemp(join(home, "run-"));
  try {
    await writeFile(
      join(folder, "vitest.config.js"),
      `export default {
        root: ${JSON.stringify(folder)},
        ssr: { resolve: { conditions: ["@pubsub-mfe/source", "node", "module"] } },
        test: {
          include: ["*.test.ts"],
          exclude: [],
          reporters: ["json"],
          outputFile: "report.json",
        },
      };`,
    );
    for (const [name, code] of Object.entries(codes)) {
      await writeFile(join(folder, `${name}.test.ts`), code);
    }
    const vitest = join(import.meta.dirname, "../../../../node_modules/vitest/vitest.mjs");
    // It fails, as one of them does.
    await promisify(execFile)(process.execPath, [vitest, "run"], { cwd: folder }).catch(() => {});
    const report = JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
    const names = (status: string): string[] =>
      report.testResults
        .filter((file: { status: string }) => file.status === status)
        .map((file: { name: string }) => file.name.replace(/^.*\/|\.test\.ts$/g, ""));
    return { passed: names("passed"), failed: names("failed") };
  } finally {
    await rm(folder, { recursive: true });
  }
}
