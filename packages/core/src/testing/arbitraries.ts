import fc from "fast-check";

/** Few segments, so that patterns often match and topics often come back. */
const segment = fc.constantFrom("a", "b");

/** Random topics. */
export const topics: fc.Arbitrary<string> = fc
  .array(segment, { minLength: 1, maxLength: 3 })
  .map((segments) => segments.join("."));

/** Random patterns, with and without wildcards. */
export const patterns: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.oneof(segment, fc.constant("+")), { maxLength: 3 }),
    fc.constantFrom("", "", "#"),
  )
  .map(([segments, last]) => [...segments, ...(last ? [last] : [])].join("."))
  .filter((pattern) => pattern !== "");
