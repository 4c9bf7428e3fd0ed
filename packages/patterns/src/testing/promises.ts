/** What a promise rejects with; a promise that resolves fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`It resolved with ${String(value)}.`);
}

/** A promise that a test settles when it likes. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((res) => {
    resolve = res;
  });
  return { promise, resolve };
}

/** Lets messages be delivered, and answers to them, some turns long. */
export async function turns(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await null;
}
