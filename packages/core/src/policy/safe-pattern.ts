import { InvalidSchemaError } from "../errors.js";
import { show } from "../show.js";

/** Longer strings fail: what is left of a pattern's cost then is bounded. */
const MAX_LENGTH = 1_000;

/**
 * Compiles a regular expression that cannot be made to take exponential time by what it is matched
 * against.
 *
 * @throws {@link InvalidSchemaError} for one that could, or that is none
 */
export function compileSafePattern(source: string): (text: string) => boolean {
  const reason = findDanger(source);
  if (reason) {
    throw new InvalidSchemaError(`The pattern ${show(source)} ${reason}. Write it without.`);
  }
  let expression: RegExp;
  try {
    expression = new RegExp(source, "u");
  } catch (error) {
    throw new InvalidSchemaError(`The pattern ${show(source)} is no regular expression: ${error}.`);
  }
  return (text) => text.length <= MAX_LENGTH && expression.test(text);
}

/** Reads a pattern once, group by group. */
function findDanger(source: string): string | undefined {
  /** For each open group: whether something in it repeats or branches. */
  const groups: boolean[] = [false];
  for (let index = 0; index < source.length; index += 1) {
    const rest = source.slice(index);
    if (/^\\[1-9k]/.test(rest)) return "has a back-reference";
    if (/^\(\?<?[=!]/.test(rest)) return "looks ahead or behind";
    const [skipped] = /^(?:\\.|\[(?:\\.|[^\]\\])*\])/s.exec(rest) ?? [];
    if (skipped !== undefined) {
      index += skipped.length - 1;
      continue;
    }
    const character = rest[0];
    if (character === "(") groups.push(false);
    else if (character === "|") groups[groups.length - 1] = true;
    else if (character === ")") {
      const varies = groups.pop() ?? false;
      if (varies && repeats(rest.slice(1))) return "repeats a group that itself varies in length";
      groups[groups.length - 1] ||= varies;
    } else if (repeats(rest)) groups[groups.length - 1] = true;
  }
  return undefined;
}

/** Whether a text begins with a quantifier that means more than once. */
function repeats(text: string): boolean {
  const [, most] = /^(?:[*+]|\{\d+(?:,(\d*))?\})/.exec(text) ?? [undefined, "none"];
  return most !== "none";
}
