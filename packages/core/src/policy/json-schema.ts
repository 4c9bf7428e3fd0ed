import { InvalidSchemaError } from "../errors.js";
import { show } from "../show.js";
import { compileSafePattern } from "./safe-pattern.js";
import type { ValidationIssue } from "./standard-schema.js";

type JsonType = "array" | "boolean" | "integer" | "null" | "number" | "object" | "string";

/** The part of JSON Schema (2020-12) that is understood; any keyword but these and annotations is refused. */
export interface JsonSchema {
  readonly type?: JsonType | readonly JsonType[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  /** `false`: no properties but those of `properties`; a schema: what the others must follow. */
  readonly additionalProperties?: boolean | JsonSchema;
  /** Values without an inner structure. */
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /**
   * A regular expression that cannot take exponential time: no back-references, no look-around, and
   * nothing repeated within a repeated group. A string of more than 1,000 characters fails it.
   */
  readonly pattern?: string;
  /** For people, like the other annotations of the specification; nothing is checked. */
  readonly title?: string;
  /** For people. */
  readonly description?: string;
}

/** Appends what is wrong with a value to a list. */
type Check = (value: unknown, path: string, issues: ValidationIssue[]) => void;

/** Makes a check of the argument of one keyword. */
type Keyword = (argument: never, schema: JsonSchema, depth: number) => Check;

const MAX_DEPTH = 32;

const TYPES: Readonly<Record<JsonType, (value: unknown) => boolean>> = {
  array: Array.isArray,
  boolean: (value) => typeof value === "boolean",
  integer: Number.isInteger,
  null: (value) => value === null,
  number: (value) => typeof value === "number" && Number.isFinite(value),
  object: isObject,
  string: (value) => typeof value === "string",
};

/** They say nothing about what is valid, and schema files are full of them. */
const ANNOTATION = /^(\$(comment|id|schema)|default|deprecated|description|examples|title)$/;

const KEYWORDS: Readonly<Record<Exclude<keyof JsonSchema, "title" | "description">, Keyword>> = {
  type: (argument: JsonType | readonly JsonType[]) => {
    const types = [argument].flat() as JsonType[];
    for (const type of types) {
      if (!Object.hasOwn(TYPES, type)) throw unknown("type", type, Object.keys(TYPES));
    }
    return test(
      (value) => types.some((type) => TYPES[type](value)),
      `must be ${types.join(" or ")}`,
    );
  },
  enum: (values: readonly unknown[]) =>
    test((value) => values.includes(value), `must be one of ${values.map(show).join(", ")}`),
  minimum: (least: number) =>
    test((value) => typeof value !== "number" || value >= least, `must be ${least} or more`),
  maximum: (most: number) =>
    test((value) => typeof value !== "number" || value <= most, `must be ${most} or less`),
  minLength: (least: number) =>
    test(
      (value) => typeof value !== "string" || countCharacters(value) >= least,
      `must have ${least} characters or more`,
    ),
  maxLength: (most: number) =>
    test(
      (value) => typeof value !== "string" || countCharacters(value) <= most,
      `must have ${most} characters or less`,
    ),
  pattern: (source: string) => {
    const matches = compileSafePattern(source);
    return test((value) => typeof value !== "string" || matches(value), `must match ${source}`);
  },
  required: (names: readonly string[]) => (value, path, issues) => {
    if (!isObject(value)) return;
    for (const name of names) {
      if (!Object.hasOwn(value, name))
        issues.push({ path: join(path, name), message: "is required" });
    }
  },
  properties: (schemas: Readonly<Record<string, JsonSchema>>, _, depth) => {
    const checks = Object.entries(schemas).map(
      ([name, schema]) => [name, compile(schema, depth + 1)] as const,
    );
    return (value, path, issues) => {
      if (!isObject(value)) return;
      for (const [name, check] of checks) {
        if (Object.hasOwn(value, name)) check(value[name], join(path, name), issues);
      }
    };
  },
  additionalProperties: (allowed: boolean | JsonSchema, { properties = {} }, depth) => {
    const check: Check =
      typeof allowed === "object"
        ? compile(allowed, depth + 1)
        : test(() => allowed, "is not among the properties that are allowed");
    return (value, path, issues) => {
      if (!isObject(value)) return;
      for (const name of Object.keys(value)) {
        if (!Object.hasOwn(properties, name)) check(value[name], join(path, name), issues);
      }
    };
  },
  items: (schema: JsonSchema, _, depth) => {
    const check = compile(schema, depth + 1);
    return (value, path, issues) => {
      if (!Array.isArray(value)) return;
      for (const [index, item] of value.entries()) check(item, join(path, index), issues);
    };
  },
};

/**
 * Compiles a schema once, into a function that returns what is wrong with a value.
 *
 * @throws {@link InvalidSchemaError} for a keyword, type or pattern that is not understood
 */
export function compileJsonSchema(schema: JsonSchema): (value: unknown) => ValidationIssue[] {
  const check = compile(schema, 0);
  return (value) => {
    const issues: ValidationIssue[] = [];
    check(value, "", issues);
    return issues;
  };
}

function compile(schema: JsonSchema, depth: number): Check {
  if (!isObject(schema))
    throw new InvalidSchemaError(`A schema is ${show(schema)}: pass an object.`);
  if (depth > MAX_DEPTH) {
    throw new InvalidSchemaError(
      `The schema is nested more than ${MAX_DEPTH} levels deep, or contains itself. Make it flatter.`,
    );
  }
  const assertions = Object.entries(schema).filter(([keyword]) => !ANNOTATION.test(keyword));
  const checks = assertions.map(([keyword, argument]) => {
    if (!Object.hasOwn(KEYWORDS, keyword)) {
      throw unknown("keyword", keyword, Object.keys(KEYWORDS));
    }
    return KEYWORDS[keyword as keyof typeof KEYWORDS](argument as never, schema, depth);
  });
  return (value, path, issues) => {
    for (const check of checks) check(value, path, issues);
  };
}

function test(holds: (value: unknown) => boolean, message: string): Check {
  return (value, path, issues) => {
    if (!holds(value)) issues.push({ path, message });
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** By code points, as the specification counts. */
function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function join(path: string, key: string | number): string {
  return path === "" ? String(key) : `${path}.${key}`;
}

function unknown(what: string, value: unknown, known: readonly string[]): InvalidSchemaError {
  return new InvalidSchemaError(
    `The schema has the ${what} ${show(value)}, which is not understood. Use ${known.join(", ")}, or a validator that implements Standard Schema.`,
  );
}
