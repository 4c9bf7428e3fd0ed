import type { Route } from "./route.js";

class Node {
  /** By literal segment. */
  children: Map<string, Node> | undefined;
  /** What `+` leads to. */
  any: Node | undefined;
  /** The pattern that ends here. */
  route: Route | undefined;
  /** The pattern that goes on with `#`, which may also stand for nothing. */
  openRoute: Route | undefined;

  get isEmpty(): boolean {
    return !this.route && !this.openRoute && !this.any && !this.children?.size;
  }

  next(segment: string): Node | undefined {
    return segment === "+" ? this.any : this.children?.get(segment);
  }

  setNext(segment: string, next: Node): void {
    if (segment === "+") this.any = next;
    else {
      this.children ??= new Map();
      this.children.set(segment, next);
    }
  }

  deleteNext(segment: string): void {
    if (segment === "+") this.any = undefined;
    else this.children?.delete(segment);
  }
}

/** The patterns with wildcards, by segment: matching visits only nodes that the topic leads to. */
export class WildcardTrie {
  readonly #root = new Node();

  add(route: Route): void {
    const { segments, open } = parse(route.pattern);
    let node = this.#root;
    for (const segment of segments) {
      let next = node.next(segment);
      if (!next) {
        next = new Node();
        node.setNext(segment, next);
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
      const next = path.at(-1)?.next(segment);
      if (!next) return;
      path.push(next);
    }
    const last = path.at(-1) as Node;
    if (open) last.openRoute = undefined;
    else last.route = undefined;

    for (let depth = segments.length; depth > 0 && path[depth]?.isEmpty; depth--) {
      path[depth - 1]?.deleteNext(segments[depth - 1] as string);
    }
  }

  /** Appends the routes whose patterns match to `found`, in no particular order. */
  match(topic: string, found: Route[]): void {
    collect(this.#root, topic, 0, found);
  }
}

/** @param start - of the next segment; past the end when none is left */
function collect(node: Node, topic: string, start: number, found: Route[]): void {
  // A loop, and calls only where the way forks: a topic may have more segments than the stack room.
  for (let at: Node | undefined = node, from = start; at; ) {
    if (at.openRoute) found.push(at.openRoute);
    if (from > topic.length) {
      if (at.route) found.push(at.route);
      return;
    }
    const { children, any }: Node = at;
    if (!children && !any) return;
    const dot = topic.indexOf(".", from);
    const end = dot < 0 ? topic.length : dot;
    const next: Node | undefined = children?.get(topic.slice(from, end));
    from = end + 1;
    if (next && any) collect(next, topic, from, found);
    at = any ?? next;
  }
}

function parse(pattern: string): { segments: string[]; open: boolean } {
  const segments = pattern.split(".");
  const open = segments.at(-1) === "#";
  if (open) segments.pop();
  return { segments, open };
}
