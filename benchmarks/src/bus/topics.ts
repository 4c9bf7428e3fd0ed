/** Gives the topics of the next turn. */
export type Topics = (count: number) => () => readonly string[];

/** Topics of three segments, all with a first segment that starts with `area`. */
export function names(area: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${area}${n % 100}.item${n}.added`);
}

/** The same topics in turn, over and over. */
export function inTurn(topics: readonly string[]): Topics {
  return (count) => {
    const list = Array.from({ length: count }, (_, n) => topics[n % topics.length] as string);
    return () => list;
  };
}

let serial = 0;

/** Topics that nobody has published before, made in the time that is measured. */
export function neverSeen(parents: readonly string[]): Topics {
  return (count) => () => {
    const list: string[] = [];
    for (let n = 0; n < count; n++) {
      serial += 1;
      list.push(`${parents[n % parents.length]}.n${serial}`);
    }
    return list;
  };
}
