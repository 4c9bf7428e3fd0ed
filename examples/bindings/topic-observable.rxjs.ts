import type { BusLike, Message, MessageOf, PubSubBus } from "@pubsub-mfe/core";
import { fromEvent, Observable, takeUntil } from "rxjs";

export function topicObservable<T, P extends string>(bus: PubSubBus<T> & BusLike, pattern: P) {
  return new Observable<MessageOf<T, P>>((subscriber) => {
    const hear = (message: Message) => subscriber.next(message as MessageOf<T, P>);
    return bus.subscribe(pattern, hear, { replay: "latest" });
  }).pipe(takeUntil(fromEvent(bus.signal, "abort")));
}
