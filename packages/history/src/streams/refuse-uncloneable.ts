import { InvalidArgumentError } from "@pubsub-mfe/core";
import { copyValue } from "@pubsub-mfe/core/stores";

/**
 * Hands a value to the database, which copies it.
 *
 * @param subject - whose it is, for the sentence about what cannot be copied
 * @throws {@link InvalidArgumentError} for a value that cannot be stored
 */
export function refuseUncloneable<R>(subject: string, value: unknown, put: () => R): R {
  try {
    return put();
  } catch (error) {
    if (!(error instanceof Error && error.name === "DataCloneError")) throw error;
    copyValue(subject, value);
    // Shared memory and the like, which may be copied and not stored.
    throw new InvalidArgumentError(`${subject} cannot be stored: ${error.message}`);
  }
}
