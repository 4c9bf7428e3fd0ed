import type { Message } from "@pubsub-mfe/core";

/** Such as `"14:02:11"`. */
export function toTheSecond({ ts }: Message): string {
  return new Date(ts).toLocaleTimeString("en-GB");
}

export function count(n: number, one: string): string {
  return `${n} ${n === 1 ? one : `${one}s`}`;
}
