/** A number of things, such as `1 message` or `2 messages`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** What failed, to stand within a sentence: what others threw often ends with a full stop. */
export function withoutFullStop(failure: unknown): string {
  return String(failure).replace(/\.$/, "");
}
