/** One entry of a {@link LinkedRing}. */
export interface Entry<T> {
  readonly value: T;
  previous: Entry<T> | undefined;
  next: Entry<T> | undefined;
}

/** A queue from which any entry can be taken out at once, also from the middle. */
export class LinkedRing<T> {
  oldest: Entry<T> | undefined;
  newest: Entry<T> | undefined;
  size = 0;

  push(value: T): Entry<T> {
    const entry: Entry<T> = { value, previous: this.newest, next: undefined };
    if (this.newest) this.newest.next = entry;
    else this.oldest = entry;
    this.newest = entry;
    this.size += 1;
    return entry;
  }

  remove(entry: Entry<T>): void {
    if (entry.previous) entry.previous.next = entry.next;
    else this.oldest = entry.next;
    if (entry.next) entry.next.previous = entry.previous;
    else this.newest = entry.previous;
    this.size -= 1;
  }
}
