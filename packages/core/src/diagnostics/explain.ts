import { isBusError } from "../errors.js";
import { portsOfPage } from "../page/slot.js";
import { compilePattern } from "../topics/match-topic.js";
import { assertTopic } from "../topics/syntax.js";
import { type BusDescription, describeBus } from "./describe-bus.js";
import { toInspectable } from "./inspect.js";
import type { Inspectable } from "./inspect-protocol.js";
import { describeNearMiss, isSlip } from "./near-miss.js";

/** Options of {@link explain}. */
export interface ExplainOptions {
  /** Who is to publish it; a `sourceFilter` may leave it out. */
  readonly source?: string | undefined;
  /** What is to be published; a schema may refuse it. */
  readonly payload?: unknown;
  /** As it is to be given to `publish`. */
  readonly schemaVersion?: string | undefined;
}

/** A handler that gets the messages of a topic. */
export interface Receiver {
  /** The name of its copy; the `app` of a bus that has joined no page. */
  readonly copy: string;
  readonly pattern: string;
  /** The name of its function; `""` when it has none. */
  readonly handler: string;
}

/** Who gets the messages of a topic, and what keeps them from others; see {@link explain}. */
export interface Explanation {
  readonly topic: string;
  /** Who would get a message that is published now. */
  readonly receivers: readonly Receiver[];
  /** The domains of the links that it leaves this page by. */
  readonly links: readonly string[];
  /** What keeps messages from somebody, or looks like a slip: one sentence each. */
  readonly reasons: readonly string[];
  /** All of it in words. */
  toString(): string;
}

/**
 * Answers "why does my handler not run?": who would get a message of a topic now, over all copies of
 * the page, and what keeps others from it.
 *
 * @param bus - the bus that publishes, or a scope of it
 * @param topic - what is published
 * @throws {@link InvalidArgumentError} for what is no bus
 *
 * @example
 * ```ts
 * String(explain(bus, "cart.item.add"));
 * // Nobody gets "cart.item.add".
 * // - "cart.item.added" has a handler: its segment 3 is "added", and not "add".
 * ```
 */
export function explain(bus: object, topic: string, options: ExplainOptions = {}): Explanation {
  const own = toInspectable(bus);
  const copies = [own, ...own.neighbours()].map(describeBus);
  const problem = findProblem(copies[0], topic);
  if (problem) return toExplanation(topic, [], [], [problem]);

  const { receivers, filtered } = findReceivers(copies, topic, options.source);
  const links = (copies[0]?.links ?? []).filter(({ sends }) => sends(topic));
  return toExplanation(
    topic,
    receivers,
    links.map(({ domain }) => domain),
    [
      ...findRefusal(own, topic, options),
      ...filtered,
      ...findNearMisses(copies, topic, receivers.length + filtered.length > 0),
      ...findElsewhere(copies, topic),
      ...findRetained(own, topic),
      ...findUnlinked(copies[0], topic),
    ],
  );
}

function findProblem(bus: BusDescription | undefined, topic: string): string | undefined {
  try {
    assertTopic(topic);
  } catch (error) {
    if (isBusError(error)) return `publish() throws. ${error.message}`;
    throw error;
  }
  return bus?.disposed ? "The bus has been disposed: publish() throws." : undefined;
}

function findReceivers(copies: readonly BusDescription[], topic: string, source?: string) {
  const receivers: Receiver[] = [];
  const filtered: string[] = [];
  for (const { name, app, subscriptions } of copies) {
    for (const { pattern, handler, accepts } of subscriptions) {
      if (!compilePattern(pattern)(topic)) continue;
      const receiver = { copy: name ?? app, pattern, handler };
      if (accepts(source)) receivers.push(receiver);
      else {
        const what = source === undefined ? "messages without a source" : `the source "${source}"`;
        filtered.push(`The sourceFilter of ${describe(receiver)} leaves out ${what}.`);
      }
    }
  }
  return { receivers, filtered };
}

function findRefusal(own: Inspectable, topic: string, options: ExplainOptions): string[] {
  if (!("payload" in options)) return [];
  const issues = own.findSchema(topic, options.schemaVersion)?.(options.payload) ?? [];
  if (issues.length === 0) return [];
  const list = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return [`Its schema refuses the payload: ${list.join("; ")}. In strict mode publish() throws.`];
}

/** @param slipsOnly - whether it has handlers, so that only what looks like a slip is of interest */
function findNearMisses(
  copies: readonly BusDescription[],
  topic: string,
  slipsOnly: boolean,
): string[] {
  const patterns = new Set(
    copies.flatMap(({ subscriptions }) => subscriptions.map(({ pattern }) => pattern)),
  );
  if (slipsOnly && patterns.has(topic)) return [];
  return Array.from(patterns)
    .filter((pattern) => !slipsOnly || isSlip(pattern, topic))
    .map((pattern) => describeNearMiss(pattern, topic))
    .filter((reason) => reason !== undefined);
}

/** Handlers on buses of this page that do not hear this one. */
function findElsewhere(copies: readonly BusDescription[], topic: string): string[] {
  const own = copies[0];
  const reasons: string[] = [];
  const ports = portsOfPage().map((port) => describeBus(port.inspectable()));
  for (const { app, instanceId, name, subscriptions } of ports) {
    if (copies.some((copy) => copy.instanceId === instanceId)) continue;
    if (!subscriptions.some(({ pattern }) => compilePattern(pattern)(topic))) continue;
    reasons.push(
      app === own?.app
        ? `"${name}" has a handler for it and has joined the page; this bus has not: make it by joinPubSub.`
        : `"${name}" has a handler for it, in the app "${app}": buses of another app than "${own?.app}" do not hear this one.`,
    );
  }
  return reasons;
}

function findRetained(own: Inspectable, topic: string): string[] {
  const count = own.retained().filter((message) => message.topic === topic).length;
  if (count === 0) return [];
  return [
    `${count} of its messages ${count === 1 ? "is" : "are"} retained: a handler that subscribed later gets them with { replay: ${count} }, and not by itself.`,
  ];
}

function findUnlinked(bus: BusDescription | undefined, topic: string): string[] {
  return (bus?.links ?? [])
    .filter(({ sends }) => !sends(topic))
    .map(({ domain }) => `The topic rules of the link to ${domain} keep it on this page.`);
}

function toExplanation(
  topic: string,
  receivers: readonly Receiver[],
  links: readonly string[],
  reasons: readonly string[],
): Explanation {
  return {
    topic,
    receivers,
    links,
    reasons,
    toString() {
      const who = receivers.map(describe).join(", ");
      const first =
        who === ""
          ? `Nobody${links.length > 0 ? " on this page" : ""} gets "${topic}".`
          : `"${topic}" goes to ${who}.`;
      const leaves = links.map((domain) => `It leaves this page by the link ${domain}.`);
      return [first, ...leaves, ...reasons.map((reason) => `- ${reason}`)].join("\n");
    },
  };
}

function describe({ copy, pattern, handler }: Receiver): string {
  return `${handler || "a handler"} of "${pattern}" (${copy})`;
}
