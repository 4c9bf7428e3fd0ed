import { invalidArgument } from "../../arguments.js";
import { InvalidArgumentError } from "../../errors.js";
import { show } from "../../show.js";
import type { ManualClock } from "../manual-clock.js";

/** Options of {@link createNetwork}. Rates are from 0, never, to 1, always. */
export interface NetworkConfig {
  /**
   * What all chance comes from: the same seed, with the same program, gives the same course.
   *
   * @defaultValue `1`
   */
  readonly seed?: number | undefined;
  /**
   * What the network delivers by.
   *
   * @defaultValue a {@link ManualClock} of its own
   */
  readonly clock?: ManualClock | undefined;
  /**
   * How often a message does not reach a tab.
   *
   * @defaultValue `0`
   */
  readonly drop?: number | undefined;
  /**
   * How often a message reaches a tab twice.
   *
   * @defaultValue `0`
   */
  readonly duplicate?: number | undefined;
  /**
   * How often a message is held back, so that later ones of its sender may overtake it. Without it
   * messages of one sender arrive in their order, whatever the delay.
   *
   * @defaultValue `0`
   */
  readonly reorder?: number | undefined;
  /**
   * How long a message is under way, at least and at most, in milliseconds.
   *
   * @defaultValue `[0, 0]`
   */
  readonly delay?: readonly [min: number, max: number] | undefined;
  /** Names what is sent, for the trace. */
  readonly label?: ((data: unknown) => string) | undefined;
}

/** @throws {@link InvalidArgumentError} for a value that an option cannot have */
export function assertNetworkConfig({ seed, delay, ...config }: NetworkConfig): void {
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw invalidArgument("seed", seed, "a whole number");
  }
  for (const name of ["drop", "duplicate", "reorder"] as const) {
    const rate = config[name] ?? 0;
    if (rate >= 0 && rate <= 1) continue;
    throw invalidArgument(name, rate, "a number from 0 to 1");
  }
  const [min, max] = Array.isArray(delay ?? []) ? (delay ?? [0, 0]) : [Number.NaN, Number.NaN];
  if (!(min >= 0 && min <= max && max < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(
      `delay is ${Array.isArray(delay) ? `[${show(min)}, ${show(max)}]` : show(delay)}: it must be two numbers of milliseconds, the least and the most.`,
    );
  }
}
