import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSafePattern, countSteps } from "./safe-pattern.js";

describe("compileSafePattern", () => {
  it.each([
    [String.raw`^[^@\s]+@[^@\s]+\.[a-z]{2,}$`, "ann@shop.example.com"],
    [String.raw`^[\w.+-]+@([\w-]+\.)+[a-z]{2,}$`, "ann@shop.example.com"],
    [String.raw`^[A-Z]{3}-\d+$`, "ABC-17"],
    ["^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "123e4567-e89b-12d3-a456-426614174000"],
    [String.raw`^\d{4}-\d{2}-\d{2}$`, "2026-11-25"],
    [
      String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`,
      "2026-11-25T09:30:00.123+01:00",
    ],
    ["^(?:[01]\\d|2[0-3]):[0-5]\\d$", "23:59"],
    [String.raw`^\d+\.\d+\.\d+(-[\w.-]+)?$`, "1.2.3-beta.1"],
    [String.raw`^\+?[0-9 ()-]{7,20}$`, "+49 (30) 1234-56"],
    ["^(draft|sent|paid)$", "sent"],
    ["draft|sent|paid", "unsent"],
    ["^https?://", "https://example.com"],
    ["^#([0-9a-f]{3}|[0-9a-f]{6})$", "#00ff00"],
    [String.raw`^/(\w+)/(\w+)/(\w+)/(\w+)$`, "/a/b/c/d"],
    [String.raw`^\d{1,3}(,\d{3})*(\.\d+)?$`, "1,234,567.5"],
    ["^(ab)+$", "abab"],
    ["^(a+)?$", "aaa"],
    ["^[(a+)+]*$", "(+)"],
    [String.raw`^\(a+\)+$`, "(aa))"],
    [String.raw`^\p{L}+$`, "äß"],
    [String.raw`\w+@\w+`, "to a@b"],
  ])("takes %s", (pattern, text) => {
    const matches = compileSafePattern(pattern);

    expect(matches(text)).toBe(true);
    expect(matches("\n")).toBe(false);
  });

  it.each([
    "^(a?){26}c$",
    "^\\w+\\w+\\w+\\w+@$",
    "^a*a*a*a*a*$",
    "^a+aa+aa+aa+a$",
    "^.+/.+/.+/.+/$",
    "^a{0,500}a{0,500}a{0,500}$",
    `^${"(a|a)".repeat(20)}$`,
    `^${"a?".repeat(26)}c$`,
    "^((((a{99}){99}){99}){99}){99}$",
    "^((a|b)*){0}(a|b)*$",
    "(a+)+$",
    "(a|a)*",
    "((ab*)c){2,}",
    "(?:x(y*))+",
    "(a*){30}",
    "(a)\\1",
    "(?<n>a)\\k<n>",
    "a(?=b)",
    "(?<!a)b",
  ])("refuses %s", (pattern) => {
    expect(() => compileSafePattern(pattern)).toThrow("looks around or back, or could take long");
  });

  it("says what is no regular expression", () => {
    expect(() => compileSafePattern("(")).toThrow('The pattern "(" is no regular expression:');
  });

  it("fails what is longer than 1,000 units", () => {
    expect([1_000, 1_001].map((length) => compileSafePattern("^a+$")("a".repeat(length)))).toEqual([
      true,
      false,
    ]);
  });

  it("takes for short texts what it refuses for long ones, and fails long ones", () => {
    const pattern = String.raw`^\w+\s\w+\s\w+$`;
    const matches = compileSafePattern(pattern, 64);

    expect(() => compileSafePattern(pattern)).toThrow("lower maxLength");
    expect(matches("one two three")).toBe(true);
    expect(matches(`one two ${"e".repeat(200)}`)).toBe(false);
  });
});

/** A pattern, how many parts it has, and a matcher that backtracks and ticks at each step. */
interface Model {
  readonly source: string;
  readonly parts: number;
  readonly run: Run;
}
type Next = (at: number) => boolean;
type Run = (text: string, at: number, tick: () => void, next: Next) => boolean;

function character(source: string): Model {
  const test = new RegExp(`^${source}$`, "u");
  const run: Run = (text, at, tick, next) => {
    tick();
    return at < text.length && test.test(text[at] as string) && next(at + 1);
  };
  return { source, parts: 1, run };
}

function repeat(inner: Model, quantifier: string): Model {
  const [least, most] = (
    { "*": [0, 99], "+": [1, 99], "?": [0, 1], "{2}": [2, 2], "{1,3}": [1, 3] } as const
  )[quantifier] as readonly [number, number];
  const run: Run = (text, start, tick, next) => {
    const round = (at: number, count: number): boolean => {
      tick();
      const again = (then: number) => (then > at || count < least) && round(then, count + 1);
      return (count < most && inner.run(text, at, tick, again)) || (count >= least && next(at));
    };
    return round(start, 0);
  };
  return { source: inner.source + quantifier, parts: inner.parts + 1, run };
}

const sequence = (models: Model[]): Model => ({
  source: models.map(({ source }) => source).join(""),
  parts: models.reduce((sum, { parts }) => sum + parts, 0),
  run: (text, start, tick, next) => {
    const from = (index: number, at: number): boolean =>
      models[index]?.run(text, at, tick, (then) => from(index + 1, then)) ?? next(at);
    return from(0, start);
  },
});

const choice = (models: Model[]): Model => ({
  source: `(${models.map(({ source }) => source).join("|")})`,
  parts: models.reduce((sum, { parts }) => sum + parts, 1),
  run: (text, at, tick, next) => models.some(({ run }) => run(text, at, tick, next)),
});

const { pattern } = fc.letrec<{ pattern: Model; item: Model }>((tie) => ({
  pattern: fc.array(tie("item"), { minLength: 1, maxLength: 4 }).map(sequence),
  item: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("a", "b", "[ab]", "[^b]", ".", "\\w").map(character),
    fc
      .tuple(
        fc.constantFrom("a", "[ab]", "[^b]").map(character),
        fc.constantFrom("*", "+", "?", "{2}", "{1,3}"),
      )
      .map(([inner, quantifier]) => repeat(inner, quantifier)),
    fc.array(tie("pattern"), { minLength: 1, maxLength: 3 }).map(choice),
    fc
      .tuple(
        fc.array(tie("pattern"), { minLength: 1, maxLength: 2 }).map(choice),
        fc.constantFrom("*", "+", "?", "{2}", "{1,3}"),
      )
      .map(([inner, quantifier]) => repeat(inner, quantifier)),
  ),
}));

describe("countSteps", () => {
  it("is never less than what an engine that backtracks does at each part", () => {
    const text = fc
      .tuple(fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 3 }), fc.nat(60))
      .map(([start, length]) => start + "a".repeat(length));
    fc.assert(
      fc.property(pattern, text, ({ source, parts, run }, text) => {
        const bound = 2 * parts * countSteps(`^${source}!`, text.length + 1);
        fc.pre(bound < 300_000);
        let steps = 0;
        const tick = () => {
          steps += 1;
          if (steps > bound) throw new Error(`${source} takes more than ${bound} steps`);
        };

        expect(run(text, 0, tick, () => false)).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });
});
