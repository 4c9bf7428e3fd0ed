import type { Entry } from "../traffic/entry.js";
import { withoutIds } from "../without-ids.js";
import type { EntrySource } from "./filtered-entries.js";

/** Rates are of so many seconds. */
const SECONDS = 10;
/** Beyond so many beside each other they are counted together. */
const MAX_CHILDREN = 100;
export const OTHERS = "…";

/** A topic, or the first segments of several. */
export interface TopicNode {
  /** Its last segment. */
  readonly name: string;
  /** From the first segment on. */
  readonly path: string;
  readonly children: ReadonlyMap<string, TopicNode>;
  /** How many messages came under it and under what is below it. */
  readonly count: number;
  /** How many came under exactly this topic. */
  readonly own: number;
  /** Who published under exactly this topic. */
  readonly sources: ReadonlySet<string>;
  /** Messages a second over the last 10 s. */
  rate(nowMs: number): number;
}

/** Counts messages by topic; only what is new is looked at. */
export class TopicBook {
  readonly #source: EntrySource;
  readonly #root = new Node("", "");
  readonly #known = new Set<string>();
  /** Topics, with those as one that differ by an id. */
  readonly #shapes = new Set<string>();
  #next = 0;

  constructor(source: EntrySource) {
    this.#source = source;
  }

  get root(): TopicNode {
    return this.#root;
  }

  /** The topics that were published, but for those that are counted together; of such with ids one. */
  get topics(): ReadonlySet<string> {
    return this.#known;
  }

  /** How many entries have come since {@link TopicBook.update}. */
  get behind(): number {
    const { entries, dropped } = this.#source;
    return dropped + entries.length - this.#next;
  }

  /** Takes over what has come since. */
  update(): void {
    const { entries, dropped } = this.#source;
    for (let index = Math.max(0, this.#next - dropped); index < entries.length; index++) {
      this.#add(entries[index] as Entry);
    }
    this.#next = dropped + entries.length;
  }

  #add(entry: Entry): void {
    if (entry.kind === "note") return;
    const { topic, ts, meta } = entry.message;
    let node = this.#root;
    node.countOne(ts);
    const shape = withoutIds(topic);
    for (const name of shape.split(".")) {
      node = node.child(name);
      node.countOne(ts);
      if (node.name === OTHERS) break;
    }
    node.own += 1;
    if (node.name !== OTHERS && !this.#shapes.has(shape)) {
      this.#shapes.add(shape);
      this.#known.add(topic);
    }
    if (meta?.source !== undefined) node.sources.add(meta.source);
  }
}

class Node implements TopicNode {
  readonly name: string;
  readonly path: string;
  readonly children = new Map<string, Node>();
  readonly sources = new Set<string>();
  count = 0;
  own = 0;
  /** By second, modulo so many. */
  readonly #buckets = new Uint32Array(SECONDS);
  #second = 0;

  constructor(name: string, path: string) {
    this.name = name;
    this.path = path;
  }

  child(name: string): Node {
    let child = this.children.get(name);
    if (!child) {
      const isFull = this.children.size >= MAX_CHILDREN;
      if (isFull && name !== OTHERS) return this.child(OTHERS);
      child = new Node(name, this.path === "" ? name : `${this.path}.${name}`);
      this.children.set(name, child);
    }
    return child;
  }

  /** @param ts - in milliseconds since the epoch */
  countOne(ts: number): void {
    this.count += 1;
    const second = Math.floor(ts / 1_000);
    if (second <= this.#second - SECONDS) return;
    this.#forgetUntil(second);
    this.#buckets[second % SECONDS] = (this.#buckets[second % SECONDS] as number) + 1;
  }

  rate(nowMs: number): number {
    this.#forgetUntil(Math.floor(nowMs / 1_000));
    return this.#buckets.reduce((sum, each) => sum + each, 0) / SECONDS;
  }

  #forgetUntil(second: number): void {
    const first = Math.max(this.#second + 1, second - SECONDS + 1);
    for (let each = first; each <= second; each++) this.#buckets[each % SECONDS] = 0;
    this.#second = Math.max(this.#second, second);
  }
}
