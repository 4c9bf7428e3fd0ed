// What implementations of EventLog and EventStreams share, so that all refuse the same with the same
// words, and store before the same moments.
export { createIdGenerator } from "./ids.js";
export { Listeners } from "./links/listeners.js";
export { onPageHiding } from "./links/page-hiding.js";
export { Positions } from "./links/positions.js";
export {
  checkAppend,
  checkBound,
  checkCount,
  checkName,
  copyEvents,
  copyValue,
} from "./links/store-arguments.js";
export { compilePattern } from "./topics/match-topic.js";
