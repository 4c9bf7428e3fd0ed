// The checkout team: several steps, of which each can be undone; another tab goes on when this one is
// closed in the middle.
import type { EventStreams, PubSubBus } from "@pubsub-mfe/core";
import type { Locks } from "@pubsub-mfe/core/locks";
import { Cqrs } from "@pubsub-mfe/patterns/cqrs";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import {
  createSagaManager,
  defineSaga,
  type SagaManager,
  type SagaSteps,
} from "@pubsub-mfe/patterns/saga";
import type { Item, OrderCommands, StockMethods } from "./contract.js";

/** The bank's service: charges once per key, however often it is asked. */
export interface Bank {
  charge(key: string, cents: number): Promise<string>;
  refund(key: string): Promise<void>;
}

interface Cart {
  readonly orderId: string;
  readonly items: readonly Item[];
}

/** Runs checkouts, those of other tabs as well when they are gone. */
export function startCheckout(
  bus: PubSubBus,
  streams: EventStreams,
  locks: Locks,
  bank: Bank,
): SagaManager {
  const stock = new RequestResponse<StockMethods>(bus).client;
  const orders = new Cqrs<OrderCommands>({ commandBus: bus, queryBus: bus, eventBus: bus });

  const checkout = defineSaga("checkout", {
    version: 1,
    steps: (steps: SagaSteps<Cart>) =>
      steps
        .addStep({
          name: "stock",
          retry: { attempts: 2, delay: 10 },
          action: ({ input, idempotencyKey }) =>
            stock["stock.reserve"]({ key: idempotencyKey, items: input.items }),
          compensation: ({ actionKey }) => stock["stock.release"]({ key: actionKey }),
          // Whether a reservation that failed was made, nobody knows.
          compensateOnFailure: true,
        })
        .addStep({
          name: "order",
          action: ({ input, idempotencyKey }) =>
            orders.sendCommand("commands.order.place", input, { commandId: idempotencyKey }),
          compensation: ({ input, idempotencyKey }) =>
            orders.sendCommand("commands.order.cancel", input, { commandId: idempotencyKey }),
        })
        .addStep({
          name: "payment",
          action: ({ results, idempotencyKey }) => bank.charge(idempotencyKey, results.order.total),
          compensation: ({ actionKey }) => bank.refund(actionKey),
          compensateOnFailure: true,
        })
        .addStep({
          name: "confirmation",
          action: ({ input, results, idempotencyKey }) =>
            orders.sendCommand(
              "commands.order.pay",
              { orderId: input.orderId, receipt: results.payment },
              { commandId: idempotencyKey },
            ),
        }),
  });

  const sagas = createSagaManager({ streams, bus, locks });
  sagas.register(checkout);
  return sagas;
}
