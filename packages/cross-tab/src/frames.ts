export {
  CrossTabError,
  type CrossTabErrorByCode,
  type CrossTabErrorCode,
  isCrossTabError,
  MessageGapError,
  UncloneableMessageError,
} from "./errors.js";
export { type ConnectIframeOptions, connectIframe } from "./frames/connect-iframe.js";
export { connectOwner } from "./frames/connect-owner.js";
export { type ConnectParentOptions, connectParent } from "./frames/connect-parent.js";
export { connectWorker } from "./frames/connect-worker.js";
export type {
  PeerConnection,
  PeerOptions,
  PeerState,
  PeerStats,
} from "./frames/types.js";
