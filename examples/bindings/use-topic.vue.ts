import type { BusLike, MessageOf, PubSubBus } from "@pubsub-mfe/core";
import { shallowRef, toRef, watchEffect } from "vue";

export function useTopic<T, P extends string>(bus: PubSubBus<T> & BusLike, pattern: () => P) {
  const last = shallowRef<MessageOf<T, P>>();
  watchEffect((onCleanup) => {
    last.value = undefined; // nothing of another pattern
    const hear = (value: object) => Object.assign(last, { value });
    onCleanup(bus.subscribe(pattern(), hear, { replay: "latest" }));
  });
  return toRef(() => last.value);
}
