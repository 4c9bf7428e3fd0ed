import {
  createPubSub,
  type Link,
  type Message,
  type PubSubBus,
  type Receive,
} from "@pubsub-mfe/core";
import { ManualClock, MemoryLockStore, type MemoryLocks } from "@pubsub-mfe/core/testing";

/** A page of its own, linked to the others as tabs are: what crosses is cloned. */
export interface Tab {
  readonly bus: PubSubBus;
  readonly locks: MemoryLocks;
  /** Ends it without a word, as a crash does. */
  crash(): void;
}

/** Several tabs, on one clock and with the locks of one origin. */
export function openTabs(count: number): { clock: ManualClock; tabs: Tab[] } {
  const clock = new ManualClock();
  const origin = new MemoryLockStore(clock);
  const receivers = new Set<Receive>();
  const tabs = Array.from({ length: count }, () => openTab(clock, origin.tab(), receivers));
  return { clock, tabs };
}

function openTab(clock: ManualClock, locks: MemoryLocks, receivers: Set<Receive>): Tab {
  const bus = createPubSub({ clock });
  let own: Receive | undefined;
  let isCrashed = false;
  const link: Link = {
    domain: "origin:test",
    send(messages) {
      if (isCrashed) return;
      const sent: Message[] = messages.map((message) => structuredClone({ ...message }));
      queueMicrotask(() => {
        for (const receive of receivers) {
          if (receive === own) continue;
          for (const message of sent) receive(structuredClone(message), { _crossTab: true });
        }
      });
    },
    onMessages(receive) {
      own = receive;
      receivers.add(receive);
    },
    flush: () => {},
    close: () => void receivers.delete(own as Receive),
  };
  bus.connect(link);
  return {
    bus,
    locks,
    crash() {
      isCrashed = true;
      receivers.delete(own as Receive);
      locks.close();
    },
  };
}
