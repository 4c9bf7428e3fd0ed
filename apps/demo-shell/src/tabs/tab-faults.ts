/** How bad the way from the other tabs to this one is. */
export interface FaultSettings {
  /** In percent of what arrives. */
  readonly dropPercent: number;
  readonly duplicatePercent: number;
  /** In milliseconds; each takes some part of it, so that they overtake each other. */
  readonly delayMs: number;
}

export const NO_FAULTS: FaultSettings = { dropPercent: 0, duplicatePercent: 0, delayMs: 0 };

/** What goes wrong between this tab and the others, on purpose and by chance. */
export class TabFaults {
  readonly #random: () => number;
  readonly #listeners = new Set<() => void>();
  #settings = NO_FAULTS;
  #isOnline = true;
  #dropped = 0;
  #doubled = 0;
  #delayed = 0;

  /** @param random - gives numbers from 0 to below 1 */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  get settings(): FaultSettings {
    return this.#settings;
  }

  /** Whether anything is sent and received at all. */
  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** How many messages each befell, up to now. */
  get counts(): { readonly dropped: number; readonly doubled: number; readonly delayed: number } {
    return { dropped: this.#dropped, doubled: this.#doubled, delayed: this.#delayed };
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  set(settings: Partial<FaultSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#tell();
  }

  setOnline(isOnline: boolean): void {
    this.#isOnline = isOnline;
    this.#tell();
  }

  /**
   * Decides over messages that arrive together.
   *
   * @returns after how many milliseconds each copy of them goes on: of none, one or two
   */
  befall(count: number): readonly number[] {
    const { dropPercent, duplicatePercent } = this.#settings;
    if (!this.#isOnline || this.#happens(dropPercent)) {
      this.#dropped += count;
      this.#tell();
      return [];
    }
    const delays = [this.#delay(count)];
    if (this.#happens(duplicatePercent)) {
      this.#doubled += count;
      delays.push(this.#delay(count));
      this.#tell();
    }
    return delays;
  }

  #delay(count: number): number {
    const ms = Math.ceil(this.#random() * this.#settings.delayMs);
    if (ms > 0) {
      this.#delayed += count;
      this.#tell();
    }
    return ms;
  }

  #happens(percent: number): boolean {
    return this.#random() * 100 < percent;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
