import { randomName } from "../random-name.js";

const KEY = Symbol.for("@pubsub-mfe/cross-tab.peer");

/**
 * Names the peer that an object stands for: the same for all copies of this package, so that those
 * joined on one page share one connection.
 *
 * @param kind - what the name begins with
 */
export function identify(object: object, kind: string): string {
  const holder = object as { [KEY]?: string };
  if (holder[KEY] === undefined) {
    Object.defineProperty(object, KEY, { value: `${kind}-${randomName().slice(0, 8)}` });
  }
  return holder[KEY] as string;
}
