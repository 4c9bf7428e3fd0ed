/**
 * What valibot, zod, arktype and others implement, as far as it is used here: the Standard Schema
 * specification, version 1 (https://standardschema.dev).
 */
export interface StandardSchema<Input = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: StandardValidate;
    readonly types?: { readonly input: Input; readonly output: unknown } | undefined;
  };
}

export type StandardValidate = (value: unknown) => StandardResult | Promise<StandardResult>;

/** A schema's answer: a value, or what is wrong. */
interface StandardResult {
  readonly issues?: readonly StandardIssue[] | undefined;
}

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** One thing that is wrong with a payload. */
export interface ValidationIssue {
  /** Where in the payload, for example `items.0.price`; `""` is the payload itself. */
  readonly path: string;
  readonly message: string;
}

export function isStandardSchema(schema: object): schema is StandardSchema {
  return "~standard" in schema;
}

export function toIssue({ path = [], message }: StandardIssue): ValidationIssue {
  const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
  return { path: keys.join("."), message };
}
