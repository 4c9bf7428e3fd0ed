/** How many messages a tab can send again: of its own, and as the leader of all others. */
export const MAX_KEPT = 2_048;
/** How many bytes of them, however few messages that are. */
export const MAX_KEPT_BYTES: number = 16 * 1_048_576;
