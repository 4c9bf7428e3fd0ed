import { busOf } from "@pubsub-mfe/core/stores";

/** Of how many buses it is known who sends their messages. */
const MAX_BUSES = 4_096;

/** A bus in another tab, or in a frame or worker of it. */
interface Bus<T> {
  owner: T;
  /** The id of its last message that was delivered, or given up; ids of one bus only grow. */
  reached: string;
  /** Between these an earlier owner may have sent what never came. */
  open?: { readonly after: string; readonly before: string };
}

/** Ids of other programs do not grow. */
const GROWS = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;

/** Knows by its id whose a message is, once another one of the same bus came, and whether it is new. */
export class Attribution<T> {
  readonly #buses = new Map<string, Bus<T>>();

  /** A message is the owner's. */
  claim(id: unknown, owner: T): void {
    if (typeof id !== "string") return;
    const name = busOf(id);
    const bus = this.#buses.get(name);
    if (bus) {
      if (bus.owner !== owner) bus.open = { after: bus.reached, before: id };
      bus.owner = owner;
      return;
    }
    this.#buses.set(name, { owner, reached: "" });
    if (this.#buses.size <= MAX_BUSES) return;
    const [oldest] = this.#buses.keys();
    this.#buses.delete(oldest as string);
  }

  /** It is done with a message, and so with all that its bus published before. */
  reach(id: string): void {
    const bus = this.#buses.get(busOf(id));
    if (bus && bus.reached < id && GROWS.test(id)) bus.reached = id;
  }

  ownerOf(id: string): T | undefined {
    return this.#buses.get(busOf(id))?.owner;
  }

  /** Whether it comes after all messages of its bus that it is done with. */
  isNew(id: string): boolean {
    const bus = this.#buses.get(busOf(id));
    if (!bus || !GROWS.test(id)) return true;
    return (
      id > bus.reached || (bus.open !== undefined && id > bus.open.after && id < bus.open.before)
    );
  }
}
