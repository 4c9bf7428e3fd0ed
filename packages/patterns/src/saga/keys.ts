/**
 * Writes any string as a part of a name whose parts are joined by "/": it is ASCII, has no "/" itself,
 * and no two strings are written the same.
 */
export function encodePart(text: string): string {
  // encodeURIComponent refuses half of a surrogate pair, and never writes "%u".
  return text.replace(/[\ud800-\udfff]|[^\ud800-\udfff]+/gu, (part) =>
    /[\ud800-\udfff]/u.test(part)
      ? `%u${part.charCodeAt(0).toString(16)}`
      : encodeURIComponent(part),
  );
}

/** Joins parts, each of which may be any string. */
export function joinParts(...parts: readonly string[]): string {
  return parts.map(encodePart).join("/");
}

/** The key of a step: the same whenever, and in whichever tab, it runs. */
export function actionKey(saga: string, id: string, step: string): string {
  return joinParts(saga, id, step);
}

/** The key of a step's compensation. */
export function compensationKey(saga: string, id: string, step: string): string {
  return joinParts(saga, id, step, "compensation");
}
