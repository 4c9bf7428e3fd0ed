import type { BusLike, MessageOf, PubSubBus, Unsubscribe } from "@pubsub-mfe/core";
import type { LitElement } from "lit";

type Bus<T> = PubSubBus<T> & BusLike;
export function followTopic<T, P extends string>(el: LitElement, bus: Bus<T>, pattern: () => P) {
  const [heard, ends] = [{} as { last?: MessageOf<T, P> }, [] as Unsubscribe[]];
  const hear = (last: object) => Object.assign(heard, { last }) && el.requestUpdate();
  el.addController({
    hostConnected: () => ends.push(bus.subscribe(pattern(), hear, { replay: "latest" })),
    hostDisconnected: () => ends.pop()?.(),
  });
  return heard;
}
