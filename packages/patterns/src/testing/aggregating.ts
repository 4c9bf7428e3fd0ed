import type { Message, PubSubBus } from "@pubsub-mfe/core";

/** A responder as the page "Advanced patterns" writes one: its answers do not say whose they are. */
export function respondBare(
  bus: PubSubBus,
  source: string,
  answer: (params: unknown, message: Message) => unknown,
): () => void {
  return bus.subscribe(`aggregate.${source}.request`, async (message) => {
    const value = await answer(message.payload, message);
    bus.publish(`aggregate.${source}.response`, value);
  });
}

/** A bare responder whose answers a test gives when it likes, oldest ask first. */
export function bareByHand(
  bus: PubSubBus,
  source: string,
): { readonly asked: unknown[]; answer(value: unknown): void } {
  const asked: unknown[] = [];
  bus.subscribe(`aggregate.${source}.request`, ({ payload }) => asked.push(payload));
  return { asked, answer: (value) => void bus.publish(`aggregate.${source}.response`, value) };
}

/** Lets all that was published be delivered, and what follows from it: a bus may put it off to a next task. */
export async function settle(): Promise<void> {
  for (let n = 0; n < 3; n += 1) await new Promise((resolve) => setTimeout(resolve));
}
