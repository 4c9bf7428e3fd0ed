import { matchTopic } from "@pubsub-mfe/core";

/** What newcomers see: what the shop does, without the questions and answers behind it. */
export const BUSINESS = "# -rpc.# -aggregate.# -telemetry.#";
export const ALL = "#";

/** As many topics are remembered; some name a call, and so are new each time. */
const MAX_REMEMBERED = 5_000;

/** Which topics are shown. */
export interface TopicFilter {
  readonly text: string;
  accepts(topic: string): boolean;
}

/**
 * Reads a filter: patterns of topics between spaces, of which any may match; one after a `-` leaves
 * topics out. Nothing but exclusions stands for all but them.
 *
 * @throws `InvalidTopicError` of core, which names the rule and the fix
 */
export function parseFilter(text: string): TopicFilter {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const excluded = words.filter((word) => word.startsWith("-")).map((word) => word.slice(1));
  const included = words.filter((word) => !word.startsWith("-"));
  if (included.length === 0) included.push(ALL);
  // Says what is wrong with a pattern now, not when a message comes.
  for (const pattern of [...included, ...excluded]) matchTopic(pattern, "any");

  const known = new Map<string, boolean>();
  return {
    text: words.join(" "),
    accepts: (topic) => {
      let isAccepted = known.get(topic);
      if (isAccepted === undefined) {
        if (known.size >= MAX_REMEMBERED) known.clear();
        const matches = (pattern: string): boolean => matchTopic(pattern, topic) !== undefined;
        isAccepted = included.some(matches) && !excluded.some(matches);
        known.set(topic, isAccepted);
      }
      return isAccepted;
    },
  };
}
