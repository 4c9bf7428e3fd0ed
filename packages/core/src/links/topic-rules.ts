import { compilePattern } from "../topics/match-topic.js";
import type { TopicRules } from "./link.js";

/** Compiles rules into a test of topics; `undefined` when they let everything pass. */
export function compileTopicRules(
  rules: TopicRules | undefined,
): ((topic: string) => boolean) | undefined {
  if (!rules?.share && !rules?.private) return undefined;
  const share = rules.share?.map(compilePattern);
  const keep = rules.private?.map(compilePattern) ?? [];
  return (topic) =>
    !keep.some((matches) => matches(topic)) &&
    (share === undefined || share.some((matches) => matches(topic)));
}
