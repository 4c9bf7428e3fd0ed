import type { Handler } from "../types.js";
import { Match, MatchCache, type Version } from "./match-cache.js";
import { Route } from "./route.js";
import { type MessageFilter, Subscription } from "./subscription.js";
import { assertTopic } from "./syntax.js";
import { WildcardTrie } from "./wildcard-trie.js";

const NOBODY: readonly Subscription[] = [];

/**
 * Finds the subscriptions of a topic, in the order in which they were made.
 *
 * Exact topics are looked up in a map. Only when a wildcard is subscribed is a trie asked as well,
 * and what it found is kept until a wildcard with the same first segment comes or goes.
 */
export class Router {
  readonly #exact = new Map<string, Route>();
  readonly #wildcards = new Map<string, Route>();
  readonly #trie = new WildcardTrie();
  readonly #cache = new MatchCache();
  /** The merged lists of exact topics, whose number their subscriptions bound. */
  readonly #merged = new Map<string, Match>();
  /** One version a first segment that wildcards have; topics of all others share `#elsewhere`. */
  readonly #versions = new Map<string, Version & { patterns: number }>();
  readonly #elsewhere: Version = { value: 0 };
  /** Of patterns that begin with a wildcard. */
  readonly #everywhere: Version = { value: 0 };
  readonly #toCompact = new Set<Route>();
  #held = false;
  #nextSequence = 1;
  #size = 0;

  /** Subscriptions made from now on have at least this sequence. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  add(
    pattern: string,
    handler: Handler,
    filter: MessageFilter | undefined,
    internal: boolean,
    now: number,
  ): Subscription {
    const route = this.route(pattern) ?? this.#createRoute(pattern, now);
    const subscription = new Subscription(route, this.#nextSequence++, handler, filter, internal);
    route.add(subscription);
    this.#size += 1;
    this.#outdate(route);
    return subscription;
  }

  /** @returns whether the subscription was there */
  remove(subscription: Subscription): boolean {
    if (!subscription.active) return false;
    const { route } = subscription;
    route.end(subscription);
    this.#size -= 1;
    if (route.size === 0) this.#removeRoute(route);
    else if (route.needsCompaction) {
      if (this.#held) this.#toCompact.add(route);
      else route.compact();
    }
    return true;
  }

  /** @throws {@link InvalidTopicError} for a topic that cannot be published */
  match(topic: string): readonly Subscription[] {
    const exact = this.#exact.get(topic);
    if (this.#wildcards.size === 0) {
      if (exact) return exact.subscriptions;
      assertTopic(topic);
      return NOBODY;
    }
    const known = exact ? this.#merged.get(topic) : this.#cache.get(topic);
    if (known?.isCurrent) return known.subscriptions;

    assertTopic(topic);
    const subscriptions = this.#resolve(topic, exact);
    if (exact || this.#cache.admits(topic)) {
      const scoped = this.#versions.get(firstSegment(topic)) ?? this.#elsewhere;
      const match = new Match(subscriptions, scoped, this.#everywhere);
      if (exact) this.#merged.set(topic, match);
      else this.#cache.keep(topic, match);
    }
    return subscriptions;
  }

  route(pattern: string): Route | undefined {
    return this.#exact.get(pattern) ?? this.#wildcards.get(pattern);
  }

  /** How many subscriptions there are, over all patterns. */
  get size(): number {
    return this.#size;
  }

  *routes(): IterableIterator<Route> {
    yield* this.#exact.values();
    yield* this.#wildcards.values();
  }

  /** Keeps every list in place while somebody is walking along one, until {@link release}. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    if (this.#toCompact.size === 0) return;
    for (const route of this.#toCompact) route.compact();
    this.#toCompact.clear();
  }

  clear(): void {
    for (const route of [...this.routes()]) {
      for (const subscription of route.subscriptions) {
        if (subscription.active) route.end(subscription);
      }
      this.#removeRoute(route);
    }
    this.#size = 0;
    this.#cache.clear();
  }

  #resolve(topic: string, exact: Route | undefined): readonly Subscription[] {
    const routes: Route[] = [];
    this.#trie.match(topic, routes);
    if (exact) routes.push(exact);
    return merge(routes);
  }

  #createRoute(pattern: string, now: number): Route {
    const route = new Route(pattern, now);
    if (!isWildcard(pattern)) {
      this.#exact.set(pattern, route);
      return route;
    }
    this.#wildcards.set(pattern, route);
    this.#trie.add(route);
    const first = firstSegment(pattern);
    if (isWildcard(first)) return route;
    const version = this.#versions.get(first);
    if (version) version.patterns += 1;
    else {
      this.#versions.set(first, { value: 0, patterns: 1 });
      // Topics with this first segment were resolved under the shared version until now.
      this.#elsewhere.value += 1;
    }
    return route;
  }

  #removeRoute(route: Route): void {
    const { pattern } = route;
    this.#toCompact.delete(route);
    if (this.#exact.delete(pattern)) {
      this.#merged.delete(pattern);
      return;
    }
    this.#wildcards.delete(pattern);
    this.#trie.remove(route);
    this.#outdate(route);
    const first = firstSegment(pattern);
    const version = this.#versions.get(first);
    if (version && --version.patterns === 0) this.#versions.delete(first);
  }

  /** Forgets what was resolved with an older state of this route. */
  #outdate(route: Route): void {
    const { pattern } = route;
    if (this.#exact.has(pattern)) this.#merged.delete(pattern);
    else (this.#versions.get(firstSegment(pattern)) ?? this.#everywhere).value += 1;
  }
}

/** One list over several routes, in subscription order. */
function merge(routes: readonly Route[]): readonly Subscription[] {
  const [only] = routes;
  if (routes.length < 2) return only ? only.subscriptions : NOBODY;
  return routes
    .flatMap((route) => route.subscriptions.filter(({ active }) => active))
    .sort((a, b) => a.sequence - b.sequence);
}

function firstSegment(pattern: string): string {
  const dot = pattern.indexOf(".");
  return dot < 0 ? pattern : pattern.slice(0, dot);
}

function isWildcard(pattern: string): boolean {
  return pattern.includes("+") || pattern.includes("#");
}
