import { InvalidTopicError } from "../errors.js";
import { show } from "../show.js";

const TOPIC = /^[\w-]+(?:\.[\w-]+)*$/;
const SEGMENT = /^[\w-]+$/;

/** Tells whether a value is a topic that can be published. */
export function isTopic(value: unknown): value is string {
  return typeof value === "string" && TOPIC.test(value);
}

/** @throws {@link InvalidTopicError} with the rule that is broken and how to mend it */
export function assertTopic(topic: string): void {
  if (!isTopic(topic)) throw new InvalidTopicError(topic, explain("topic", topic, false));
}

/** @throws {@link InvalidTopicError} with the rule that is broken and how to mend it */
export function assertPattern(pattern: string): void {
  if (isTopic(pattern)) return;
  const reason = explain("pattern", pattern, true);
  if (reason !== "") throw new InvalidTopicError(pattern, reason);
}

/** Says what is wrong; nothing when nothing is. */
function explain(kind: "topic" | "pattern", value: unknown, wildcards: boolean): string {
  const subject = `Invalid ${kind} ${show(value)}:`;
  if (typeof value !== "string") return `${subject} it must be a string, like "cart.item.added".`;
  if (value === "")
    return `${subject} it is empty. Write segments joined by dots, like "cart.item.added".`;

  const segments = value.split(".");
  for (const [index, segment] of segments.entries()) {
    const place = `segment ${index + 1} of ${segments.length}`;
    if (segment === "") {
      return `${subject} ${place} is empty. Remove the dot too many, as in "cart.item.added".`;
    }
    if (segment === "+" || segment === "#") {
      if (!wildcards) {
        return `${subject} "${segment}" is a wildcard, and wildcards are for subscribing. Publish under a whole topic, like "cart.item.added".`;
      }
      if (segment === "#" && index < segments.length - 1) {
        return `${subject} "#" must be the last segment, as in "cart.#". For one segment in the middle use "+".`;
      }
    } else if (!SEGMENT.test(segment)) {
      return `${subject} ${place}, ${show(segment)}, has a character other than A-Z, a-z, 0-9, "_" and "-"${
        wildcards ? '; "+" and "#" stand alone between dots' : ""
      }. ${segment.includes("*") && wildcards ? 'For any one segment write "+", for all that follow "#".' : "Replace it."}`;
    }
  }
  return "";
}
