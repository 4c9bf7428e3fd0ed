/**
 * Whether a page of another site shows this one, as far as the browser tells. What a site is takes a
 * list to know; pages whose last two labels differ, or their schemes, are of two for certain.
 */
export function isPartitioned(): boolean {
  const { location } = globalThis;
  const ancestors = [...(location?.ancestorOrigins ?? [])];
  return ancestors.some((origin) => siteOf(origin) !== siteOf(location.origin));
}

/** `"null"`, the origin of a sandboxed page, is a site of its own. */
function siteOf(origin: string): string {
  return origin.replace(/:\d+$/, "").replace(/\/\/.+\.(?=.+\.)/, "//");
}
