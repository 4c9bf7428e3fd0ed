// What the examples in the comments of the sources take for granted. They are checked with it, see
// scripts/examples.js; nothing runs.
import type { Message, PubSubBus } from "@pubsub-mfe/core";
import type { ManualClock } from "@pubsub-mfe/core/testing";
import type { HistoryAdapter } from "@pubsub-mfe/history";
import type { EventStore, Projection } from "@pubsub-mfe/patterns/cqrs";
import type { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import type { SagaDefinition } from "@pubsub-mfe/patterns/saga";
import type * as valibot from "valibot";
import type { expect as Expect } from "vitest";

export declare const bus: PubSubBus;
export declare const busA: PubSubBus;
export declare const busB: PubSubBus;
export declare const commandBus: PubSubBus;
export declare const queryBus: PubSubBus;
export declare const eventBus: PubSubBus;
export declare const clock: ManualClock;
export declare const history: HistoryAdapter;
export declare const store: EventStore<OrderEvent>;
export declare const rpc: RequestResponse;
export declare const summary: Projection<unknown>;
export declare const checkout: SagaDefinition<Cart>;

export declare const signal: AbortSignal;
export declare const iframe: HTMLIFrameElement;
export declare const expect: typeof Expect;
export declare const v: typeof valibot;
export declare const received: unknown[];

export interface Cart {
  readonly id: string;
  readonly sku: string;
}
export interface Order {
  readonly status: "new" | "paid";
}
export type OrderEvent =
  | { readonly type: "order.placed"; readonly payload: Payload & { readonly total: number } }
  | { readonly type: "order.paid"; readonly payload: Payload & { readonly amount: number } };
interface Payload {
  readonly customer: string;
}
export interface OrderCommand {
  readonly pay: number;
}
export declare class OutOfStockError extends Error {
  readonly left: number;
}

export declare const cart: Cart;
export declare const order: { readonly id: string };
export declare const orderId: string;
export declare const sku: string;
export declare const paid: OrderEvent;
export declare const orders: {
  execute(id: string, command: object, options: object): Promise<void>;
};

export declare function mountCart(bus: PubSubBus): void;
export declare function update(message: Message): void;
export declare function save(topic: string, payload: unknown): Promise<void>;
export declare function pay(...details: unknown[]): Promise<{ readonly id: string }>;
export declare function refund(id: string): Promise<void>;
export declare function reserve(
  sku: string,
  key: string,
): Promise<{ readonly id: string; readonly price: number }>;
export declare function release(id: string): Promise<void>;
export declare function readOrders(...details: unknown[]): Promise<unknown[]>;
export declare function readStock(sku: string): Promise<number>;
export declare function showLeft(left: number): void;
