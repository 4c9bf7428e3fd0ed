import type { EventStreams, Message, StoredEvent } from "@pubsub-mfe/core";
import { breakerModel } from "./breaker-model.js";
import { cartModel } from "./cart-model.js";
import type { LoggedMessages } from "./logged-messages.js";
import { type AnyModel, emptyStates, foldAll, type States } from "./model.js";
import { orderModel } from "./order-model.js";
import { Replay } from "./replay.js";
import { sagaModel } from "./saga-model.js";
import type { Facts } from "./state-diff.js";
import { stockModel } from "./stock-model.js";
import { StoredEvents } from "./stored-events.js";

/** Made of the messages of the log. */
const logModels: readonly AnyModel<Message>[] = [cartModel, breakerModel];
/** Made of the events of the streams. */
const eventModels: readonly AnyModel<StoredEvent>[] = [orderModel, stockModel, sagaModel];

/** What a model tells of a moment. */
export interface Told {
  readonly model: AnyModel<never>;
  readonly facts: Facts;
}

/** What was true after any message of the log. */
export class Past {
  /** Called when there is more of it. */
  onChange = (): void => {};
  readonly #messages: LoggedMessages;
  readonly #log = new Replay<States, Message>(emptyStates(logModels), foldAll(logModels));
  readonly #events: StoredEvents;
  /** How many messages there were with the one that told of an event, by its id. */
  readonly #told = new Map<string, number>();

  constructor(messages: LoggedMessages, streams: EventStreams) {
    this.#messages = messages;
    this.#events = new StoredEvents(
      streams,
      eventModels,
      ({ id, time }) => this.#told.get(id) ?? messages.endAt(time),
      () => this.onChange(),
    );
    messages.onMessage((message) => this.#take(message));
  }

  /** Reads the streams, and follows them; without storage there are none. */
  async openStreams(): Promise<void> {
    // The shell has told why.
    await this.#events.open().catch(() => {});
  }

  /** @param position - of the message; 0: before the first; `undefined`: now */
  at(position: number | undefined): readonly Told[] {
    const { gone, end } = this.#messages;
    const messages = position === undefined ? undefined : gone + position;
    return [
      ...tell(logModels, this.#log.at(messages ?? end)),
      ...tell(eventModels, this.#events.at(messages)),
    ];
  }

  /** The nearest message before a position, or after it, that changed something. */
  findChange(from: number, step: -1 | 1): number | undefined {
    const { count } = this.#messages;
    for (let position = from + step; position >= 1 && position <= count; position += step) {
      if (this.#hasChanged(position)) return position;
    }
    return undefined;
  }

  #take(message: Message): void {
    this.#log.append(message);
    this.#log.dropBefore(this.#messages.gone);
    const eventId = message.meta?.eventId;
    if (typeof eventId === "string" && !this.#told.has(eventId)) {
      this.#told.set(eventId, this.#log.end);
    }
    this.#events.forgetPlaces();
  }

  #hasChanged(position: number): boolean {
    const end = this.#messages.gone + position;
    return this.#log.hasChanged(end - 1, end) || this.#events.hasChanged(end - 1, end);
  }
}

function tell<Item>(models: readonly AnyModel<Item>[], states: States): Told[] {
  return models.map((model, index) => ({ model, facts: model.facts(states[index]) }));
}
