import type { Route } from "./route.js";

class Node {
  readonly children = new Map<string, Node>();
  /** The pattern that ends here. */
  route: Route | undefined;
  /** The pattern that goes on with `#`, which may also stand for nothing. */
  openRoute: Route | undefined;

  get isEmpty(): boolean {
    return !this.route && !this.openRoute && this.children.size === 0;
  }
}

/** The patterns with wildcards, by segment: matching visits only nodes that the topic leads to. */
export class WildcardTrie {
  readonly #root = new Node();

  add(route: Route): void {
    const { segments, open } = parse(route.pattern);
    let node = this.#root;
    for (const segment of segments) {
      let next = node.children.get(segment);
      if (!next) {
        next = new Node();
        node.children.set(segment, next);
      }
      node = next;
    }
    if (open) node.openRoute = route;
    else node.route = route;
  }

  /** Removes a pattern and the nodes that only it needed. */
  remove(route: Route): void {
    const { segments, open } = parse(route.pattern);
    const path = [this.#root];
    for (const segment of segments) {
      const next = path.at(-1)?.children.get(segment);
      if (!next) return;
      path.push(next);
    }
    const last = path.at(-1) as Node;
    if (open) last.openRoute = undefined;
    else last.route = undefined;

    for (let depth = segments.length; depth > 0 && path[depth]?.isEmpty; depth--) {
      path[depth - 1]?.children.delete(segments[depth - 1] as string);
    }
  }

  /** Appends the routes whose patterns match to `found`, in no particular order. */
  match(segments: readonly string[], found: Route[]): void {
    collect(this.#root, segments, 0, found);
  }
}

function collect(node: Node, segments: readonly string[], depth: number, found: Route[]): void {
  if (node.openRoute) found.push(node.openRoute);
  if (depth === segments.length) {
    if (node.route) found.push(node.route);
    return;
  }
  const exact = node.children.get(segments[depth] as string);
  if (exact) collect(exact, segments, depth + 1, found);
  const any = node.children.get("+");
  if (any) collect(any, segments, depth + 1, found);
}

function parse(pattern: string): { segments: string[]; open: boolean } {
  const segments = pattern.split(".");
  const open = segments.at(-1) === "#";
  if (open) segments.pop();
  return { segments, open };
}
