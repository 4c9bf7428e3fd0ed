import { createPubSub, type Message, type PubSubBus, type PubSubConfig } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { onTestFinished } from "vitest";
import {
  type CrossTabAdapter,
  type CrossTabConfig,
  type CrossTabError,
  createCrossTabAdapter,
} from "../index.js";
import type { Hub, HubTransport } from "./hub.js";

/** A bus that is linked to others, with everything that it delivers and is told. */
export interface Tab {
  readonly bus: PubSubBus;
  readonly adapter: CrossTabAdapter;
  /** What a handler of `#` received. */
  readonly received: Message[];
  readonly errors: CrossTabError[];
}

/** A tab on a hub; the test's end closes it. */
export async function openTab(
  hub: Hub,
  config: CrossTabConfig = {},
  busConfig: PubSubConfig = {},
): Promise<Tab & { readonly transport: HubTransport }> {
  const transport = hub.connect();
  return { ...(await linkBus({ transport, ...config }, busConfig)), transport };
}

/** A tab on whatever transport the config says. */
export async function linkBus(config: CrossTabConfig, busConfig: PubSubConfig = {}): Promise<Tab> {
  // Its time stands still, so that a slow machine puts off nothing that it delivers.
  const bus = createPubSub({ clock: new ManualClock(), ...busConfig });
  const errors: CrossTabError[] = [];
  const received: Message[] = [];
  bus.subscribe("#", (message) => received.push(message));
  const adapter = createCrossTabAdapter({ onError: (error) => errors.push(error), ...config });
  await adapter.attach(bus);
  onTestFinished(() => bus.dispose());
  return { bus, adapter, received, errors };
}

/** Waits for a task of its own: every microtask that is due has run by then. */
export function turnEnd(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Waits for the first message of a topic. */
export function nextMessage(bus: PubSubBus, topic: string): Promise<Message> {
  return new Promise((resolve) => {
    const unsubscribe = bus.subscribe(topic, (message) => {
      unsubscribe();
      resolve(message);
    });
  });
}

/** The payloads of messages, in order. */
export function payloads(messages: readonly Message[]): unknown[] {
  return messages.map(({ payload }) => payload);
}

/** An envelope as it is documented, made by hand. */
export function envelope(from: number, messages: readonly unknown[], fields: object = {}): object {
  const kind = "messages";
  return { v: 1, kind, publisher: "p-1", clientId: "tab-1", from, messages, ...fields };
}

/** An envelope without messages, made by hand. */
export function says(kind: string, fields: object): object {
  return { v: 1, kind, publisher: "p-1", clientId: "tab-1", ...fields };
}

/** A message as it travels, made by hand. */
export function wireMessage(payload: unknown, fields: object = {}): object {
  return { id: `id-${String(payload)}`, topic: "a", ts: 1, payload, ...fields };
}
