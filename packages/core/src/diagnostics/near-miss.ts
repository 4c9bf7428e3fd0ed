import { editDistance } from "../edit-distance.js";

/**
 * Tells why a pattern does not match a topic, where it nearly does: so that a slip of the pen is
 * found.
 *
 * @returns a sentence; `undefined` when they have little to do with each other
 */
export function describeNearMiss(pattern: string, topic: string): string | undefined {
  const parts = pattern.split(".");
  const segments = topic.split(".");
  if (parts.at(-1) === "#") parts.pop();
  else if (parts.length !== segments.length) return describeLength(pattern, parts, segments);

  const wrong = parts.flatMap((part, index) =>
    part === "+" || part === segments[index] ? [] : [index],
  );
  const [index] = wrong;
  const isAlike = parts.some((part, n) => part === segments[n]);
  if (index === undefined || wrong.length > 1 || !isAlike) return undefined;
  return describeSegment(pattern, index, parts[index] as string, segments[index]);
}

/** Whether a pattern differs from a topic as a slip of the pen does: by a few letters of a segment. */
export function isSlip(pattern: string, topic: string): boolean {
  const [parts, segments] = [pattern.split("."), topic.split(".")];
  if (parts.length !== segments.length) return false;
  const wrong = parts.flatMap((part, n) => (part === segments[n] ? [] : [[part, segments[n]]]));
  const [part = "", segment = ""] = wrong[0] ?? [];
  if (wrong.length !== 1 || /[+#]/.test(part)) return false;
  const [short, long] = part.length < segment.length ? [part, segment] : [segment, part];
  return long.startsWith(short) || editDistance(part.toLowerCase(), segment.toLowerCase()) <= 2;
}

/** All that both have is alike: one of them goes on. */
function describeLength(
  pattern: string,
  parts: readonly string[],
  segments: readonly string[],
): string | undefined {
  const shared = Math.min(parts.length, segments.length);
  const isAlike = parts.slice(0, shared).every((part, n) => part === "+" || part === segments[n]);
  if (!isAlike) return undefined;
  const hint =
    parts.at(-1) === "+" && segments.length > parts.length
      ? ' "+" stands for exactly one segment: for any number write "#".'
      : "";
  return `"${pattern}" has a handler: it has ${parts.length} segments, and the topic ${segments.length}.${hint}`;
}

function describeSegment(
  pattern: string,
  index: number,
  part: string,
  segment: string | undefined,
): string {
  const there = `"${pattern}" has a handler: its segment ${index + 1} is "${part}"`;
  if (segment === undefined) return `${there}, and the topic ends before it.`;
  const hint =
    part.toLowerCase() === segment.toLowerCase()
      ? " Capital letters are others than small ones."
      : "";
  return `${there}, and not "${segment}".${hint}`;
}
