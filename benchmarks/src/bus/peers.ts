import { createPubSub } from "@pubsub-mfe/core";
import Emittery from "emittery";
import { EventEmitter2 } from "eventemitter2";
import { EventEmitter } from "eventemitter3";
import mitt from "mitt";
import mqemitter from "mqemitter";
import { createNanoEvents } from "nanoevents";
import { getChannel } from "postal";
import PubSub from "pubsub-js";
import { Qlobber } from "qlobber";
import { Subject } from "rxjs";
import { handler, type Payload } from "./handlers.js";

/**
 * One bus of a peer. Each writes its loops itself: in a loop that they share an engine would have to
 * look up, at each step, whose method it calls.
 */
interface Bus {
  /** Subscribes a new handler; `+` and a last `#` are wildcards where the peer has any. */
  subscribe(pattern: string): void;
  /** Publishes a new payload to each topic. */
  publishAll(topics: readonly string[]): void;
  /** Subscribes to each pattern and ends that at once. */
  churn?(patterns: readonly string[]): void;
  /** Waits until what was published has been delivered, where that is not at once. */
  settle?(): PromiseLike<unknown>;
  close?(): void;
}

export interface Peer {
  readonly name: string;
  /** What it does less than the others, or how it is used. */
  readonly note: string;
  /** How many times fewer operations it is measured with. */
  readonly slowness?: number;
  readonly in?: readonly ("node" | "chromium")[];
  open(): Bus;
}

const SYNCHRONOUS = "no envelope, no isolation, synchronous";

export const ours: Peer = {
  name: "@pubsub-mfe/core",
  note: "envelope, id, isolation, order",
  open() {
    const bus = createPubSub({ maxHandlersPerTopic: Number.POSITIVE_INFINITY });
    return {
      subscribe: (pattern) => bus.subscribe(pattern, handler.ofMessage()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) bus.publish(topics[n] as string, { sku: n });
      },
      churn(patterns) {
        for (const pattern of patterns) bus.subscribe(pattern, handler.ofMessage())();
      },
      settle: () => Promise.resolve(),
      close: () => bus.dispose(),
    };
  },
};

/** The limit: what calling the handlers costs when they are known. */
export const loop: Peer = {
  name: "a loop over functions",
  note: "no topics, no envelope, synchronous",
  open() {
    const byPattern = new Map<string, ((payload: Payload) => void)[]>();
    const lists: ((payload: Payload) => void)[][] = [];
    return {
      subscribe(pattern) {
        let list = byPattern.get(pattern);
        if (!list) {
          list = [];
          byPattern.set(pattern, list);
          lists.push(list);
        }
        list.push(handler.ofPayload());
      },
      publishAll(topics) {
        let next = 0;
        for (let n = 0; n < topics.length; n++) {
          const payload = { sku: n };
          for (const call of lists[next] as ((payload: Payload) => void)[]) call(payload);
          next = next + 1 === lists.length ? 0 : next + 1;
        }
      },
    };
  },
};

export const viaMitt: Peer = {
  name: "mitt",
  note: SYNCHRONOUS,
  open() {
    const emitter = mitt<Record<string, Payload>>();
    return {
      subscribe: (topic) => emitter.on(topic, handler.ofPayload()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) emitter.emit(topics[n] as string, { sku: n });
      },
      churn(topics) {
        for (const topic of topics) {
          const call = handler.ofPayload();
          emitter.on(topic, call);
          emitter.off(topic, call);
        }
      },
    };
  },
};

export const viaNanoevents: Peer = {
  name: "nanoevents",
  note: SYNCHRONOUS,
  open() {
    const emitter = createNanoEvents<Record<string, (payload: Payload) => void>>();
    return {
      subscribe: (topic) => emitter.on(topic, handler.ofPayload()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) emitter.emit(topics[n] as string, { sku: n });
      },
      churn(topics) {
        for (const topic of topics) emitter.on(topic, handler.ofPayload())();
      },
    };
  },
};

export const viaEventemitter3: Peer = {
  name: "eventemitter3",
  note: SYNCHRONOUS,
  open() {
    const emitter = new EventEmitter();
    return {
      subscribe: (topic) => emitter.on(topic, handler.ofPayload()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) emitter.emit(topics[n] as string, { sku: n });
      },
      churn(topics) {
        for (const topic of topics) {
          const call = handler.ofPayload();
          emitter.on(topic, call);
          emitter.off(topic, call);
        }
      },
    };
  },
};

export const viaRxjs: Peer = {
  name: "rxjs",
  note: `a Subject a topic, in a Map; ${SYNCHRONOUS}`,
  open() {
    const subjects = new Map<string, Subject<Payload>>();
    const of = (topic: string): Subject<Payload> => {
      let subject = subjects.get(topic);
      if (!subject) {
        subject = new Subject();
        subjects.set(topic, subject);
      }
      return subject;
    };
    return {
      subscribe: (topic) => of(topic).subscribe(handler.ofPayload()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) subjects.get(topics[n] as string)?.next({ sku: n });
      },
      churn(topics) {
        for (const topic of topics) of(topic).subscribe(handler.ofPayload()).unsubscribe();
      },
    };
  },
};

export const viaEventTarget: Peer = {
  name: "EventTarget",
  note: "a CustomEvent each; no id, synchronous",
  slowness: 4,
  open() {
    const target = new EventTarget();
    return {
      subscribe: (topic) => target.addEventListener(topic, handler.ofEvent()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) {
          target.dispatchEvent(new CustomEvent(topics[n] as string, { detail: { sku: n } }));
        }
      },
      churn(topics) {
        for (const topic of topics) {
          const call = handler.ofEvent();
          target.addEventListener(topic, call);
          target.removeEventListener(topic, call);
        }
      },
    };
  },
};

export const viaEmittery: Peer = {
  name: "emittery",
  note: "asynchronous; not awaited one by one; no id",
  slowness: 20,
  open() {
    const emitter = new Emittery<Record<string, Payload>>();
    let last: Promise<void> = Promise.resolve();
    return {
      subscribe: (topic) => emitter.on(topic, handler.ofData()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++)
          last = emitter.emit(topics[n] as string, { sku: n });
      },
      churn(topics) {
        for (const topic of topics) emitter.on(topic, handler.ofData())();
      },
      settle: () => last,
    };
  },
};

export const viaPubsubJs: Peer = {
  name: "pubsub-js",
  note: "publishSync; topics reach their parents' subscribers, no other wildcards; no envelope",
  slowness: 5,
  open() {
    const parent = (pattern: string): string => pattern.replace(/\.[+#]$/, "");
    return {
      subscribe: (pattern) => PubSub.subscribe(parent(pattern), handler.ofTopicAndPayload()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) PubSub.publishSync(topics[n] as string, { sku: n });
      },
      close: () => PubSub.clearAllSubscriptions(),
    };
  },
};

let channels = 0;

export const viaPostal: Peer = {
  name: "postal",
  note: "envelope, id, isolation; synchronous; compares with each pattern, keeps every answer",
  slowness: 40,
  open() {
    const channel = getChannel<Record<string, Payload>>(`bench-${channels++}`);
    return {
      subscribe: (pattern) => channel.subscribe(pattern.replace("+", "*"), handler.ofMessage()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) channel.publish(topics[n] as string, { sku: n });
      },
      churn(patterns) {
        for (const pattern of patterns) {
          channel.subscribe(pattern.replace("+", "*"), handler.ofMessage())();
        }
      },
      close: () => channel.dispose(),
    };
  },
};

export const viaEventemitter2: Peer = {
  name: "eventemitter2",
  note: `wildcard: true; ${SYNCHRONOUS}`,
  slowness: 5,
  open() {
    const emitter = new EventEmitter2({ wildcard: true, maxListeners: 0 });
    const own = (pattern: string): string => pattern.replace("+", "*").replace("#", "**");
    return {
      subscribe: (pattern) => emitter.on(own(pattern), handler.ofPayload()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) emitter.emit(topics[n] as string, { sku: n });
      },
      churn(patterns) {
        for (const pattern of patterns) {
          const call = handler.ofPayload();
          emitter.on(own(pattern), call);
          emitter.off(own(pattern), call);
        }
      },
    };
  },
};

export const viaMqemitter: Peer = {
  name: "mqemitter",
  note: "no id, no isolation",
  slowness: 5,
  in: ["node"],
  open() {
    const emitter = mqemitter({ separator: "." });
    return {
      subscribe: (pattern) => emitter.on(pattern, handler.ofMessageAndDone()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) {
          emitter.emit({ topic: topics[n] as string, payload: { sku: n } });
        }
      },
    };
  },
};

export const viaQlobber: Peer = {
  name: "qlobber, and a loop",
  note: SYNCHRONOUS,
  slowness: 3,
  open() {
    const qlobber = new Qlobber<(payload: Payload) => void>({ wildcard_one: "+" });
    return {
      subscribe: (pattern) => qlobber.add(pattern, handler.ofPayload()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) {
          const payload = { sku: n };
          for (const call of qlobber.match(topics[n] as string)) call(payload);
        }
      },
      churn(patterns) {
        for (const pattern of patterns) {
          const call = handler.ofPayload();
          qlobber.add(pattern, call);
          qlobber.remove(pattern, call);
        }
      },
    };
  },
};

/** For topics that were seen before: its answers in a map, which a subscription would outdate. */
export const viaQlobberAndMap: Peer = {
  name: "qlobber, its answers in a Map, and a loop",
  note: `subscriptions must not change; unbounded; ${SYNCHRONOUS}`,
  open() {
    const qlobber = new Qlobber<(payload: Payload) => void>({ wildcard_one: "+" });
    const answers = new Map<string, ((payload: Payload) => void)[]>();
    return {
      subscribe: (pattern) => qlobber.add(pattern, handler.ofPayload()),
      publishAll(topics) {
        for (let n = 0; n < topics.length; n++) {
          const topic = topics[n] as string;
          const payload = { sku: n };
          let calls = answers.get(topic);
          if (!calls) {
            calls = qlobber.match(topic);
            answers.set(topic, calls);
          }
          for (const call of calls) call(payload);
        }
      },
    };
  },
};
