/** What one link tells the others of its page: plain functions, whatever copy made them. */
export interface Candidate {
  readonly domain: string;
  /** The copy whose link it is, where several share the page. */
  readonly port: object | undefined;
  /** Whether its topic rules let messages of a topic out. */
  sends(topic: string): boolean;
  /** Makes it the link of its domain. */
  activate(): void;
  /** Ends that: it sends nothing more, and takes in what is still on its way. */
  standDown(): void;
  flush(): Promise<void> | void;
  /** What the link shares with others of its domain. */
  readonly shared?: unknown;
}

/** The way on from a domain: not back, and the log stores only what its own page is to store. */
export function leadsOn(from: string, to: string): boolean {
  if (from === to) return false;
  return !to.startsWith("log:") || from === PAGE || from.startsWith("peer:");
}

/** Where messages are from that were published on this page. */
export const PAGE = "page";

/** The link of a domain is the one that came first and is still there. */
export function activeOf(candidates: readonly Candidate[], domain: string): Candidate | undefined {
  return candidates.find((candidate) => candidate.domain === domain);
}

export function enter(candidates: Candidate[], candidate: Candidate): void {
  const isFirst = activeOf(candidates, candidate.domain) === undefined;
  candidates.push(candidate);
  if (isFirst) candidate.activate();
}

/** Takes in the links of another page: of each domain, this page's goes on. */
export function absorb(candidates: Candidate[], others: readonly Candidate[]): void {
  const held = new Set(candidates.map(({ domain }) => domain));
  for (const candidate of others) {
    const { domain } = candidate;
    if (held.has(domain) && activeOf(others, domain) === candidate) candidate.standDown();
  }
  candidates.push(...others);
}

/** Hands the domains on when their links leave: to none of those that leave too. */
export function leave(candidates: Candidate[], leaving: readonly Candidate[]): void {
  const left = leaving.filter((each) => activeOf(candidates, each.domain) === each);
  for (const candidate of leaving) {
    const index = candidates.indexOf(candidate);
    if (index >= 0) candidates.splice(index, 1);
  }
  for (const { domain } of left) activeOf(candidates, domain)?.activate();
}
