import { checkChoice, invalidArgument } from "../arguments.js";
import { describe } from "../delivery/to-error.js";
import type { Reporter } from "../diagnostics/reporter.js";
import {
  AsyncSchemaError,
  InvalidArgumentError,
  InvalidSchemaError,
  ValidationError,
} from "../errors.js";
import { show } from "../show.js";
import { compilePattern } from "../topics/match-topic.js";
import { isTopic } from "../topics/syntax.js";
import type { PubSubConfig } from "../types.js";
import { compileJsonSchema, type JsonSchema } from "./json-schema.js";
import {
  isStandardSchema,
  type StandardSchema,
  type StandardValidate,
  toIssue,
  type ValidationIssue,
} from "./standard-schema.js";

/** What is done about an invalid payload. */
export type ValidationMode = "strict" | "warn" | "off";

/** Returns what is wrong with a payload. */
export type Validate = (payload: unknown) => readonly ValidationIssue[];

/** Checks payloads by the schema of their topic, or the one that `schemaVersion` names. */
export class Schemas {
  readonly #mode: ValidationMode;
  readonly #reporter: Reporter;
  readonly #byTopic = new Map<string, Validate>();
  /** For topics with dynamic segments, in the order in which they were listed. */
  readonly #byPattern: { matches: (topic: string) => unknown; validate: Validate }[] = [];
  readonly #byVersion = new Map<string, Validate>();

  constructor({ topics, validationMode }: PubSubConfig, reporter: Reporter) {
    checkChoice("validationMode", validationMode, ["strict", "warn", "off"]);
    this.#mode = validationMode ?? (topics ? "strict" : "off");
    this.#reporter = reporter;
    for (const [pattern, schema] of Object.entries(topics ?? {})) {
      const validate = compile(schema, pattern);
      if (!isTopic(pattern.replaceAll("+", "_"))) {
        const rule = 'a topic, in which "+" may stand for a segment';
        throw invalidArgument("A key of topics", pattern, rule);
      }
      if (pattern.includes("+")) {
        this.#byPattern.push({ matches: compilePattern(pattern), validate });
      } else this.#byTopic.set(pattern, validate);
    }
  }

  register(schemaVersion: string, schema: JsonSchema | StandardSchema): void {
    this.#byVersion.set(schemaVersion, compile(schema, schemaVersion));
  }

  /**
   * @throws {@link ValidationError} in strict mode, after telling
   * @throws {@link InvalidArgumentError} in strict mode, for a version that nobody registered
   */
  check(topic: string, schemaVersion: string | undefined, payload: unknown): void {
    const mode = this.#mode;
    if (mode === "off") return;
    const validate = this.find(topic, schemaVersion);
    if (schemaVersion && !validate) this.#missing(topic, schemaVersion);
    const errors = validate?.(payload) ?? [];
    if (errors.length === 0) return;
    this.#reporter.tell({ type: "validation-error", topic, schemaVersion, errors, mode });
    if (mode === "strict") throw new ValidationError(topic, errors);
  }

  /** @returns what checks a payload; nothing where none is checked */
  find(topic: string, schemaVersion: string | undefined): Validate | undefined {
    if (this.#mode === "off") return undefined;
    const named = schemaVersion === undefined ? undefined : this.#byVersion.get(schemaVersion);
    return (
      named ??
      this.#byTopic.get(topic) ??
      this.#byPattern.find(({ matches }) => matches(topic))?.validate
    );
  }

  /** Unchecked is not what somebody expects who names a schema. */
  #missing(topic: string, schemaVersion: string): void {
    const message = `A message of "${topic}" names the schema ${show(schemaVersion)}, which is not registered. Call registerSchema() first.`;
    if (this.#mode === "strict") throw new InvalidArgumentError(message);
    const details = { schemaVersion, topic };
    this.#reporter.tell({ type: "warning", code: "SCHEMA_NOT_FOUND", message, details });
  }
}

function compile(schema: JsonSchema | StandardSchema, name: string): Validate {
  if ((typeof schema !== "object" && typeof schema !== "function") || schema === null) {
    throw new InvalidSchemaError(
      `The schema of ${show(name)} is ${show(schema)}: pass a JSON Schema, or a schema of a library that implements Standard Schema.`,
    );
  }
  if (!isStandardSchema(schema)) return compileJsonSchema(schema);
  return (payload) => {
    const result = ask(schema, payload);
    if (result instanceof Promise || "then" in result) throw new AsyncSchemaError(name);
    return result.issues?.map(toIssue) ?? [];
  };
}

/** What a validator throws is said like anything else that is wrong with a payload. */
function ask(schema: StandardSchema, payload: unknown): ReturnType<StandardValidate> {
  try {
    return schema["~standard"].validate(payload);
  } catch (error) {
    return { issues: [{ message: `its validator threw ${describe(error)}` }] };
  }
}
