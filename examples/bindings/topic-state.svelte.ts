import type { BusLike, MessageOf, PubSubBus } from "@pubsub-mfe/core";
import { createSubscriber } from "svelte/reactivity";

export function topicState<T, P extends string>(bus: PubSubBus<T> & BusLike, pattern: P) {
  const heard: { last?: MessageOf<T, P> } = {};
  const listen = createSubscriber((tell: (heard: object) => void) =>
    bus.subscribe(pattern, (last) => tell(Object.assign(heard, { last })), { replay: "latest" }),
  );
  return () => {
    listen();
    return heard.last;
  };
}
