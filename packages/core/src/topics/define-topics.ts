import type { StandardSchema } from "../policy/standard-schema.js";

/**
 * Lists the topics of a bus with the schemas of their payloads: of any library that implements
 * Standard Schema, such as valibot, zod and arktype. `+` in a topic stands for a segment that varies.
 *
 * @returns the same object; its type, by {@link TopicsOf}, is what the bus checks calls against
 *
 * @example
 * ```ts
 * const topics = defineTopics({
 *   "cart.item.added": v.object({ sku: v.string() }),
 *   "order.+.paid": v.object({ total: v.number() }),
 * });
 * const bus = createPubSub({ topics });
 * ```
 */
export function defineTopics<const Schemas extends Readonly<Record<string, StandardSchema>>>(
  topics: Schemas,
): Schemas {
  return topics;
}
