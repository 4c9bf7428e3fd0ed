import type { BusLike, MessageOf, PubSubBus } from "@pubsub-mfe/core";
import { useMemo, useSyncExternalStore } from "react";

export function useTopic<T, P extends string>(bus: PubSubBus<T> & BusLike, pattern: P) {
  const [listen, read] = useMemo(() => {
    const heard: { last?: MessageOf<T, P> } = {};
    const listen = (tell: (heard: object) => void) =>
      bus.subscribe(pattern, (last) => tell(Object.assign(heard, { last })), { replay: "latest" });
    listen(() => {})(); // what was said before the first rendering
    return [listen, () => heard.last] as const;
  }, [bus, pattern]);
  return useSyncExternalStore(listen, read, () => undefined);
}
