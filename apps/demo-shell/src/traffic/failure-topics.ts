const LAST_PARTS = new Set(["failed", "declined", "rejected", "stuck"]);

/** Whether a message of this topic tells of something that went wrong. */
export function tellsOfFailure(topic: string): boolean {
  return topic === "circuit.opened" || LAST_PARTS.has(topic.slice(topic.lastIndexOf(".") + 1));
}
