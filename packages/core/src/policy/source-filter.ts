import { invalidArgument } from "../arguments.js";
import type { MessageFilter } from "../topics/subscription.js";
import type { SourceFilter } from "../types.js";

/** Turns a source filter into a test of messages; `undefined` when it lets everything pass. */
export function createSourceFilter(filter: SourceFilter | undefined): MessageFilter | undefined {
  if (!filter?.include && !filter?.exclude) return undefined;
  for (const [name, sources = []] of Object.entries(filter)) {
    if (!Array.isArray(sources)) throw invalidArgument(`sourceFilter.${name}`, sources, "an array");
  }
  const include = filter.include && new Set(filter.include);
  const exclude = new Set(filter.exclude);
  return ({ meta }) => {
    const source = meta?.source;
    if (source === undefined) return include === undefined;
    return !exclude.has(source) && (include === undefined || include.has(source));
  };
}
