import type { StandardSchema } from "@pubsub-mfe/core";
import { SchemaError } from "./errors.js";

/**
 * Checks params or a result, and gives what the schema makes of them.
 *
 * @throws {@link SchemaError} (rejects)
 */
export async function validate(
  schema: StandardSchema | undefined,
  what: "params" | "result",
  method: string,
  value: unknown,
): Promise<unknown> {
  if (!schema) return value;
  const { issues, ...valid } = await schema["~standard"].validate(value);
  if (!issues) return (valid as { readonly value?: unknown }).value;
  throw new SchemaError(
    what,
    method,
    issues.map(({ path = [], message }) => ({
      path: path.map((part) => String(typeof part === "object" ? part.key : part)).join("."),
      message,
    })),
  );
}
