/** Something that must not be done twice: it refuses whoever comes with an old epoch. */
export class DurableStore {
  #highest = 0;
  /** Who came with which epoch. */
  readonly #holders = new Map<number, string>();
  refused = 0;
  readonly violations: string[] = [];

  write(epoch: number, by: string): void {
    const holder = this.#holders.get(epoch) ?? by;
    this.#holders.set(epoch, holder);
    if (holder !== by) this.violations.push(`${by} and ${holder} both led in epoch ${epoch}`);
    if (epoch < this.#highest) this.refused += 1;
    else this.#highest = epoch;
  }
}
