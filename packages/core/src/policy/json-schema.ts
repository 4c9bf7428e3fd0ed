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
   * A regular expression that cannot take long on a string of `maxLength`, 1,000 at most: no
   * look-around, reference or named group, nothing that varies in a group that repeats without
   * limit, and few parts that could share the same characters out among them. A string of more than
   * 1,000 UTF-16 units, or twice `maxLength`, fails it.
   */
  readonly pattern?: string;
  /** For people, like the other annotations of the specification; nothing is checked. */
  readonly title?: string;
  /** For people. */
  readonly description?: string;
}

/** Appends what is wrong with a value to a list. */
type Check = (value: never, path: string, issues: ValidationIssue[]) => void;

/** One keyword: what its argument has to be, which values it is about, and what makes the check. */
type Keyword = readonly [
  argument: JsonType | undefined,
  about: JsonType | undefined,
  make: (argument: never, schema: JsonSchema, depth: number) => Check,
];

const MAX_DEPTH = 32;

const TYPES: readonly string[] = [
  "array",
  "boolean",
  "integer",
  "null",
  "number",
  "object",
  "string",
] satisfies JsonType[];

/** They say nothing about what is valid, and schema files are full of them. */
const ANNOTATION = /^(\$(comment|id|schema)|default|deprecated|description|examples|title)$/;

const KEYWORDS: Readonly<Record<Exclude<keyof JsonSchema, "title" | "description">, Keyword>> = {
  type: [
    undefined,
    undefined,
    (argument: JsonType | readonly JsonType[]) => {
      const types = [argument].flat() as JsonType[];
      for (const type of types) {
        if (!TYPES.includes(type)) throw unknown("type", type, TYPES);
      }
      return test(
        (value) => types.some((type) => isOfType(value, type)),
        `must be ${types.join(" or ")}`,
      );
    },
  ],
  enum: [
    "array",
    undefined,
    ([...values]: readonly unknown[]) =>
      test((value) => values.includes(value), `must be one of ${values.map(show).join(", ")}`),
  ],
  minimum: [
    "number",
    "number",
    (least: number) => test((value: number) => value >= least, `must be ${least} or more`),
  ],
  maximum: [
    "number",
    "number",
    (most: number) => test((value: number) => value <= most, `must be ${most} or less`),
  ],
  minLength: [
    "integer",
    "string",
    (least: number) =>
      test(
        (value: string) => countCharacters(value) >= least,
        `must have ${least} characters or more`,
      ),
  ],
  maxLength: [
    "integer",
    "string",
    (most: number) =>
      test(
        (value: string) => countCharacters(value) <= most,
        `must have ${most} characters or less`,
      ),
  ],
  pattern: [
    "string",
    "string",
    (source: string, { maxLength }) =>
      test(compileSafePattern(source, maxLength), `must match ${source}`),
  ],
  required: [
    "array",
    "object",
    ([...names]: readonly string[]) =>
      (value: object, path, issues) => {
        for (const name of names) {
          if (!Object.hasOwn(value, name))
            issues.push({ path: join(path, name), message: "is required" });
        }
      },
  ],
  properties: [
    "object",
    "object",
    (schemas: Readonly<Record<string, JsonSchema>>, _, depth) => {
      const checks = Object.entries(schemas).map(
        ([name, schema]) => [name, compile(schema, depth + 1)] as const,
      );
      return (value: object, path, issues) => {
        for (const [name, check] of checks) {
          if (Object.hasOwn(value, name)) checkWithin(value, name, check, path, issues);
        }
      };
    },
  ],
  additionalProperties: [
    undefined,
    "object",
    (allowed: boolean | JsonSchema, { properties = {} }, depth) => {
      const check =
        typeof allowed === "boolean"
          ? test(() => allowed, "is not among the properties that are allowed")
          : compile(allowed, depth + 1);
      return (value: object, path, issues) => {
        for (const name of Object.keys(value)) {
          if (!Object.hasOwn(properties, name)) checkWithin(value, name, check, path, issues);
        }
      };
    },
  ],
  items: [
    undefined,
    "array",
    (schema: JsonSchema, _, depth) => {
      const check = compile(schema, depth + 1);
      return (value: unknown[], path, issues) => {
        for (const index of value.keys()) checkWithin(value, index, check, path, issues);
      };
    },
  ],
};

/**
 * Compiles a schema once, into a function that returns what is wrong with a value.
 *
 * @throws {@link InvalidSchemaError} for a keyword, argument, type or pattern that is not understood
 */
export function compileJsonSchema(schema: JsonSchema): (value: unknown) => ValidationIssue[] {
  const check = compile(schema, 0);
  return (value) => {
    const issues: ValidationIssue[] = [];
    checkWithin({ "": value }, "", check, "", issues);
    return issues;
  };
}

function compile(schema: JsonSchema, depth: number): Check {
  if (!isOfType(schema, "object"))
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
    const [type, about, make] = KEYWORDS[keyword as keyof typeof KEYWORDS];
    if (type && !isOfType(argument, type)) throw unknown(keyword, argument, [`type ${type}`]);
    return [about, make(argument as never, schema, depth)] as const;
  });
  return (value, path, issues) => {
    for (const [about, check] of checks) {
      if (!about || typeOf(value) === about) check(value, path, issues);
    }
  };
}

/** What cannot be read, such as a getter that throws, is wrong where it is. */
function checkWithin(
  holder: object,
  key: string | number,
  check: Check,
  path: string,
  issues: ValidationIssue[],
): void {
  const inner = join(path, key);
  try {
    check(holder[key as keyof typeof holder], inner, issues);
  } catch {
    issues.push({ path: inner, message: "cannot be read" });
  }
}

function test(holds: (value: never) => boolean, message: string): Check {
  return (value, path, issues) => {
    if (!holds(value)) issues.push({ path, message });
  };
}

function isOfType(value: unknown, type: JsonType): boolean {
  if (type === "integer") return Number.isInteger(value);
  return typeOf(value) === type && (type !== "number" || Number.isFinite(value));
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
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
