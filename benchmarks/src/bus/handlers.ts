/** What is published. */
export interface Payload {
  readonly sku: number;
}

/** Where payloads escape to, so that no engine can leave out making them. */
export const sink: { last: Payload | undefined; count: number } = { last: undefined, count: 0 };

function take(payload: Payload): void {
  sink.last = payload;
  sink.count += 1;
}

// Four functions of each shape: one alone would be inlined where it is called, as no application's
// handlers are.

type Factories<Args extends unknown[]> = readonly (() => (...args: Args) => void)[];

const ofPayload: Factories<[Payload]> = [
  () => (payload) => take(payload),
  () => (payload) => take(payload),
  () => (payload) => take(payload),
  () => (payload) => take(payload),
];

const ofMessage: Factories<[{ readonly payload: Payload }]> = [
  () => (message) => take(message.payload),
  () => (message) => take(message.payload),
  () => (message) => take(message.payload),
  () => (message) => take(message.payload),
];

const ofEvent: Factories<[Event]> = [
  () => (event) => take((event as CustomEvent<Payload>).detail),
  () => (event) => take((event as CustomEvent<Payload>).detail),
  () => (event) => take((event as CustomEvent<Payload>).detail),
  () => (event) => take((event as CustomEvent<Payload>).detail),
];

const ofData: Factories<[{ readonly data: Payload }]> = [
  () => (event) => take(event.data),
  () => (event) => take(event.data),
  () => (event) => take(event.data),
  () => (event) => take(event.data),
];

const ofTopicAndPayload: Factories<[string, Payload]> = [
  () => (_, payload) => take(payload),
  () => (_, payload) => take(payload),
  () => (_, payload) => take(payload),
  () => (_, payload) => take(payload),
];

const ofMessageAndDone: Factories<[Record<string, unknown>, () => void]> = [
  () => (message, done) => {
    take(message.payload as Payload);
    done();
  },
  () => (message, done) => {
    take(message.payload as Payload);
    done();
  },
  () => (message, done) => {
    take(message.payload as Payload);
    done();
  },
  () => (message, done) => {
    take(message.payload as Payload);
    done();
  },
];

let made = 0;

function next<Args extends unknown[]>(factories: Factories<Args>): (...args: Args) => void {
  made += 1;
  return (factories[made % factories.length] as Factories<Args>[number])();
}

/** A new function each time, for each way in which the peers call theirs. */
export const handler = {
  ofPayload: () => next(ofPayload),
  ofMessage: () => next(ofMessage),
  ofEvent: () => next(ofEvent),
  ofData: () => next(ofData),
  ofTopicAndPayload: () => next(ofTopicAndPayload),
  ofMessageAndDone: () => next(ofMessageAndDone),
};
