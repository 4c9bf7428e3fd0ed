import type { Facts } from "./state-diff.js";

/** What can be told from messages, or from events. */
export interface Model<State, Item> {
  readonly title: string;
  /** What is said, and what one can do, while there is nothing to tell. */
  readonly whenEmpty: string;
  readonly empty: State;
  /** Returns the state that it got when the item changes nothing. */
  fold(state: State, item: Item): State;
  facts(state: State): Facts;
}

/** Any model of such items: what its state is, is its own affair. */
// biome-ignore lint/suspicious/noExplicitAny: states of several kinds side by side
export type AnyModel<Item> = Model<any, Item>;

/** The states of several models, in their order. */
export type States = readonly unknown[];

export function emptyStates(models: readonly AnyModel<never>[]): States {
  return models.map(({ empty }) => empty);
}

/** Makes one fold of those of several models. */
export function foldAll<Item>(
  models: readonly AnyModel<Item>[],
): (states: States, item: Item) => States {
  return (states, item) => {
    const next = models.map((model, index) => model.fold(states[index], item));
    return next.some((state, index) => state !== states[index]) ? next : states;
  };
}
