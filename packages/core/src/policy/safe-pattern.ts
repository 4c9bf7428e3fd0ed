import { InvalidSchemaError } from "../errors.js";
import { show } from "../show.js";

/** Longer strings fail. */
const MAX_LENGTH = 1_000;

/** What an engine takes some ten milliseconds for. */
const MAX_STEPS = 2e7;

/** A character, class, bracket or bar; its quantifier; the most that a quantifier in braces allows. */
const PART =
  /(\\.(?:\{\D.*?\})?|\[(?:\\.|[^\]\\])*\]|\((?:\?:)?|.)([*+?]|\{(?:\d+,)?(\d*)\})?\??/gsu;

/** After the ends of groups, the end of the text or a character that must be there. */
const NEXT = /^(?:\)\??)*(?:\$|$|(\\\W|[^\\[\](){}.*+?|^$])(?![*?]|\{0))/u;

/**
 * Compiles a regular expression that cannot be made to take long by what it is matched against.
 *
 * @throws {@link InvalidSchemaError} for one that could, or that is none
 */
export function compileSafePattern(
  source: string,
  maxLength: number = MAX_LENGTH,
): (text: string) => boolean {
  // A character takes one or two units of a string.
  const length = Math.min(2 * maxLength, MAX_LENGTH);
  let reason: unknown =
    "looks around or back, or could take long. Begin it with ^, repeat less, or lower maxLength";
  try {
    const expression = new RegExp(source, "u");
    if (countSteps(source, length + 1) <= MAX_STEPS) {
      return (text) => text.length <= length && expression.test(text);
    }
  } catch (error) {
    reason = `is no regular expression: ${error}`;
  }
  throw new InvalidSchemaError(`The pattern ${show(source)} ${reason}.`);
}

/**
 * Bounds the steps of an engine that backtracks: in how many ways a text with so many positions can
 * be shared out among the parts of a pattern, times the positions.
 */
export function countSteps(source: string, positions: number): number {
  let starts = source[0] === "^" ? 1 : positions;
  let ways = 1;
  /** The ways before each open group. */
  const groups: number[] = [];
  let alternatives = 1;
  for (const { 0: whole, 1: part = "", 2: quantifier, 3: limit, index } of source.matchAll(PART)) {
    // Look-around, names, references, and characters by their codes.
    if (/^(\(\?$|\\[1-9cukx])/.test(whole)) return Number.NaN;
    const before = part === ")" ? (groups.pop() as number) : ways;
    if (part === "|") {
      // A choice among all alternatives of the group, not a choice for each bar.
      ways *= (alternatives + 1) / alternatives;
      alternatives += 1;
      if (groups.length === 0) starts = positions;
    } else if (/^[()]/.test(part)) alternatives = 1;
    if (part[0] === "(") groups.push(ways);
    if (quantifier) {
      const most = quantifier === "?" ? 1 : Number(limit) || positions;
      const ends =
        part !== ")" &&
        (/^\{\d+\}$/.test(quantifier) || endsBefore(part, source.slice(index + whole.length)));
      ways = before * (ways / before) ** most * (ends ? 1 : most + 1);
    }
  }
  return starts * ways * positions;
}

/** Whether a class ends in one place only: where what must come next is no character of it. */
function endsBefore(charClass: string, rest: string): boolean {
  const next = NEXT.exec(rest);
  return !!next && !new RegExp(`^${charClass}$`, "u").test((next[1] ?? "").replace("\\", ""));
}
