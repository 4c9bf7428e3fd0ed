import { findUncloneable } from "@pubsub-mfe/core";
import { SagaUncloneableError } from "../errors.js";

/**
 * Copies a value as the store does.
 *
 * @param what - begins the sentence about what cannot be copied
 * @throws {@link SagaUncloneableError}
 */
export function copy<T>(value: T, what: string, saga: string): T {
  try {
    return structuredClone(value);
  } catch {
    throw new SagaUncloneableError(what, saga, findUncloneable(value) ?? "");
  }
}
