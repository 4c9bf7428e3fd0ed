// What implementations of links, EventLog and EventStreams share, so that all refuse the same with the same
// words, and store before the same moments.
export { checkFunction } from "./arguments.js";
export { busOf, createIdGenerator } from "./ids.js";
export { estimateSize } from "./links/estimate-size.js";
export { Listeners } from "./links/listeners.js";
export { onPageHiding } from "./links/page-hiding.js";
export { Positions } from "./links/positions.js";
export {
  checkAppend,
  checkBound,
  checkCount,
  checkLogQuery,
  checkLogSubscription,
  checkName,
  checkOptions,
  checkStreamQuery,
  copyEvents,
  copyValue,
  isWanted,
} from "./links/store-arguments.js";
export { compileTopicRules } from "./links/topic-rules.js";
export { TokenBucket } from "./policy/token-bucket.js";
export { show } from "./show.js";
export { clearingOf } from "./streams/clearing.js";
export { clockOf } from "./streams/clock-of.js";
export { onEnding } from "./streams/last-words.js";
export { compilePattern } from "./topics/match-topic.js";
