import type { Failure } from "../shared/failure.js";

interface OfSaga {
  readonly name: string;
  readonly id: string;
}

interface OfStep extends OfSaga {
  /** Counts from 1. */
  readonly step: number;
  readonly stepName: string;
}

/**
 * What sagas tell the bus, by topic.
 *
 * @example
 * ```ts
 * interface Shop extends SagaEvents {
 *   readonly "cart.cleared": undefined;
 * }
 * const shop = createPubSub<Shop>();
 * shop.subscribe("saga.dead-letter", ({ payload }) => console.error(payload.id, payload.error));
 * ```
 */
export interface SagaEvents {
  readonly "saga.step.completed": OfStep & {
    /** How many steps there are. */
    readonly total: number;
  };
  readonly "saga.completed": OfSaga;
  /** A step has failed for good; what was done is undone now. */
  readonly "saga.failed": OfSaga & {
    /** The message of what was thrown. */
    readonly error: string;
    readonly failure: Failure;
  };
  readonly "saga.step.compensated": OfStep;
  /** It is not tried again. */
  readonly "saga.compensation.failed": OfStep & {
    readonly error: string;
    readonly failure: Failure;
  };
  /** It is stuck. */
  readonly "saga.dead-letter": OfSaga & {
    readonly error: string | undefined;
    readonly failure: Failure | undefined;
    /** The steps by which it is stuck. */
    readonly steps: readonly {
      readonly step: number;
      readonly stepName: string;
      readonly error: string | undefined;
    }[];
  };
}
