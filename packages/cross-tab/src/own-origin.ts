/** The origin of this page; `"null"` where there is none. */
export function ownOrigin(): string {
  return globalThis.location?.origin ?? "null";
}
