interface FakeInternals {
  _state: "active" | "inactive" | "committing" | "finished";
  _start(): void;
  objectStore(name: string): unknown;
}

/**
 * Makes transactions of fake-indexeddb inactive once the microtasks of their events have run, as those
 * of browsers are. Without it a transaction outlives whatever its owner waits for.
 */
export function makeInactiveBetweenTasks(): void {
  const prototype = IDBTransaction.prototype as unknown as FakeInternals;
  const { _start, objectStore } = prototype;
  const rest = (transaction: FakeInternals): void => {
    // Node runs what a microtask puts off to the next tick when there are no microtasks any more.
    queueMicrotask(() =>
      process.nextTick(() => {
        if (transaction._state === "active") transaction._state = "inactive";
      }),
    );
  };
  prototype._start = function (this: FakeInternals) {
    _start.call(this);
    rest(this);
  };
  const seen = new WeakSet<FakeInternals>();
  prototype.objectStore = function (this: FakeInternals, name) {
    if (!seen.has(this)) rest(this);
    seen.add(this);
    return objectStore.call(this, name);
  };
}
