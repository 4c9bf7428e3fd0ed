import type { Clock } from "../clock.js";
import type { Handler } from "../types.js";
import { MAX_TOPIC_LENGTH, Match, MatchCache, type Version } from "./match-cache.js";
import { Route } from "./route.js";
import { type MessageFilter, Subscription } from "./subscription.js";
import { assertTopic } from "./syntax.js";
import { WildcardTrie } from "./wildcard-trie.js";

const NOBODY: readonly Subscription[] = [];
/** So many routes without a subscription are kept: what is mounted again needs its own again. */
const MAX_RETIRED = 256;

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
  #cache = new MatchCache();
  /** One version a first segment that wildcards have; topics of all others share `#elsewhere`. */
  readonly #versions = new Map<string, Version & { patterns: number }>();
  readonly #elsewhere: Version = { value: 0 };
  /** Of patterns that begin with a wildcard. */
  readonly #everywhere: Version = { value: 0 };
  /** Routes of which all subscriptions ended; some may have new ones since. */
  #retired: Route[] = [];
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
    clock: Clock,
  ): Subscription {
    const route = this.route(pattern) ?? this.#createRoute(pattern);
    if (route.size === 0) route.createdAt = clock.now();
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
    if (route.end(subscription)) this.#outdate(route);
    this.#size -= 1;
    if (route.size === 0) this.#retire(route);
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
    const known = exact ? exact.merged : this.#cache.get(topic);
    if (known?.isCurrent) return known.subscriptions;

    assertTopic(topic);
    const subscriptions = this.#resolve(topic, exact);
    if (exact || this.#cache.admits(topic)) {
      const scoped = this.#versions.get(firstSegment(topic)) ?? this.#elsewhere;
      const match = new Match(subscriptions, scoped, this.#everywhere);
      if (exact) exact.merged = match;
      else this.#cache.keep(topic, match);
    }
    return subscriptions;
  }

  /** @returns the route of a pattern; there may be one without a subscription */
  route(pattern: string): Route | undefined {
    return this.#exact.get(pattern) ?? this.#wildcards.get(pattern);
  }

  /** How many subscriptions there are, over all patterns. */
  get size(): number {
    return this.#size;
  }

  /** @returns the routes that have a subscription */
  routes(): Route[] {
    return [...this.#exact.values(), ...this.#wildcards.values()].filter(({ size }) => size);
  }

  clear(): void {
    for (const { subscriptions } of this.routes()) {
      for (const subscription of subscriptions) this.remove(subscription);
    }
    this.#prune();
    this.#cache = new MatchCache();
  }

  #resolve(topic: string, exact: Route | undefined): readonly Subscription[] {
    const routes: Route[] = [];
    this.#trie.match(topic, routes);
    if (exact) routes.push(exact);
    return merge(routes);
  }

  #createRoute(pattern: string): Route {
    if (!isWildcard(pattern)) {
      const route = new Route(pattern);
      this.#exact.set(pattern, route);
      return route;
    }
    const route = new Route(pattern, this.#enterVersion(firstSegment(pattern)));
    this.#wildcards.set(pattern, route);
    this.#trie.add(route);
    return route;
  }

  #enterVersion(first: string): Version {
    if (isWildcard(first)) return this.#everywhere;
    let version = this.#versions.get(first);
    if (!version) {
      version = { value: 0, patterns: 0 };
      this.#versions.set(first, version);
      // Topics with this first segment were resolved under the shared version until now.
      this.#elsewhere.value += 1;
    }
    version.patterns += 1;
    return version;
  }

  /** Making a route and removing it takes long among many: it is kept for a while. */
  #retire(route: Route): void {
    if (route.retired) return;
    route.retired = true;
    this.#retired.push(route);
    if (this.#retired.length > MAX_RETIRED || route.pattern.length > MAX_TOPIC_LENGTH)
      this.#prune();
  }

  /** Removes the retired routes to which nobody came back. */
  #prune(): void {
    for (const route of this.#retired) {
      route.retired = false;
      if (route.size === 0) this.#removeRoute(route);
    }
    this.#retired = [];
  }

  #removeRoute(route: Route): void {
    const { pattern } = route;
    if (this.#exact.delete(pattern)) return;
    this.#wildcards.delete(pattern);
    this.#trie.remove(route);
    // Its version may be gone after this, and then no longer grow.
    this.#outdate(route);
    const first = firstSegment(pattern);
    const version = this.#versions.get(first);
    if (version && --version.patterns === 0) this.#versions.delete(first);
  }

  /** Forgets what was resolved with an older state of this route. */
  #outdate(route: Route): void {
    if (route.version) route.version.value += 1;
    else route.merged = undefined;
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
  return pattern.split(".", 1)[0] as string;
}

function isWildcard(pattern: string): boolean {
  return /[+#]/.test(pattern);
}
