export { acquire, type Held } from "./locks/acquire.js";
export { browserPage } from "./locks/browser-page.js";
export { createLocks, type LocksConfig } from "./locks/create-locks.js";
export {
  isLockError,
  LockError,
  type LockErrorCode,
  LockLostError,
  type LockLostReason,
  LocksUnavailableError,
} from "./locks/errors.js";
export type { LockChannel, Page, PageEvent, WebLocks } from "./locks/platform.js";
export type { HoldOptions, LockContext, Locks } from "./locks/types.js";
