import { InvalidArgumentError } from "./errors.js";
import { show } from "./show.js";

/** @returns the error of an argument that is not as the rule has it */
export function invalidArgument(
  subject: string,
  value: unknown,
  rule: string,
): InvalidArgumentError {
  return new InvalidArgumentError(`${subject} is ${show(value)}: it must be ${rule}.`);
}

/** An option that is one of a few words, or is left out. */
export function checkChoice(
  subject: string,
  value: string | undefined,
  choices: readonly string[],
): void {
  if (value === undefined || choices.includes(value)) return;
  throw invalidArgument(subject, value, choices.map(show).join(" or "));
}

/** An option, or a part of an object, that is called. */
export function checkFunction(subject: string, value: unknown): void {
  if (typeof value !== "function") throw invalidArgument(subject, value, "a function");
}
