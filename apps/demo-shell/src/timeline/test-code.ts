import type { Message, PublishOptions } from "@pubsub-mfe/core";
import { toLiteral } from "./literal.js";

/** Longer chains begin in the middle. */
const MAX_CAUSES = 20;

/**
 * Writes a test for vitest that publishes a message on a test bus, after those that it follows from, and
 * asserts that it arrives as it did here.
 *
 * @param find - finds a message by its id, where it is still known
 */
export function writeTest(message: Message, find: (id: string) => Message | undefined): string {
  const { chain, isWhole } = chainOf(message, find);
  const losses: string[] = [];
  const payload = toLiteral(message.payload, "payload", losses);
  const names = chain.map((_each, index) =>
    index === chain.length - 1 ? "message" : `cause${index + 1}`,
  );
  const publishes = chain.map((each, index) => {
    const isLast = index === chain.length - 1;
    const body = isLast ? "payload" : toLiteral(each.payload, `${names[index]}.payload`, losses);
    const options = writeOptions(each, index > 0 ? names[index - 1] : undefined, losses);
    const call = `bus.publish(${JSON.stringify(each.topic)}, ${body}${options && `, ${options}`});`;
    return `const ${names[index]} = ${call}`;
  });
  const topic = JSON.stringify(message.topic);
  const cause = names.at(-2);
  const lines = [
    "const bus = createTestBus();",
    `const received = record(bus, ${topic});`,
    "// Mount here what is under test, on this bus.",
    "",
    ...(isWhole ? [] : ["// What came before is not known any more."]),
    ...losses.map((loss) => `// Not as it was: ${loss.replace(/\s+/g, " ")}.`),
    `const payload = ${payload};`,
    ...publishes,
    "await bus.flush();",
    "",
    `expect(received).toHavePublished(${topic}, payload);`,
    "expect(received.messages).toContainEqual(message);",
    ...(cause ? [`expect(message.meta?.causationId).toBe(${cause}.id);`] : []),
  ];
  return `import { busMatchers, createTestBus, record } from "@pubsub-mfe/core/testing";
import { expect, test } from "vitest";

expect.extend(busMatchers);

test(${JSON.stringify(`${message.topic} arrives`)}, async () => {
${indent(lines.join("\n"))}
});
`;
}

/** The message, and before it what it follows from, oldest first. */
function chainOf(message: Message, find: (id: string) => Message | undefined) {
  const chain = [message];
  for (;;) {
    const id = chain[0]?.meta?.causationId;
    if (typeof id !== "string") return { chain, isWhole: true };
    const cause = find(id);
    if (!cause || chain.includes(cause) || chain.length > MAX_CAUSES) {
      return { chain, isWhole: false };
    }
    chain.unshift(cause);
  }
}

function writeOptions(message: Message, cause: string | undefined, losses: string[]): string {
  const { schemaVersion, meta = {} } = message;
  const { source, correlationId, causationId, ...rest } = meta;
  // What links put there is theirs alone.
  const facts = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith("_")));
  // With a cause the bus sets it by itself.
  if (causationId !== undefined && !cause) facts.causationId = causationId;
  const options: Record<keyof Omit<PublishOptions, "scope" | "cause">, unknown> = {
    source,
    schemaVersion,
    correlationId,
    meta: Object.keys(facts).length > 0 ? facts : undefined,
  };
  const parts = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${toLiteral(value, key, losses)}`);
  if (cause) parts.push(`cause: ${cause}`);
  return parts.length > 0 ? `{ ${parts.join(", ")} }` : "";
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
