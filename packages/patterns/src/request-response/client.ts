/**
 * Makes an object of which every property is a function that requests the method of that name.
 * `then` is none, so that the client itself can be what a promise resolves with.
 */
export function createClient(
  request: (method: string, params?: unknown, options?: never) => Promise<unknown>,
): object {
  return new Proxy(Object.create(null), {
    get(known, method) {
      if (typeof method !== "string" || method === "then") return undefined;
      known[method] ??= (params?: unknown, options?: never) => request(method, params, options);
      return known[method];
    },
  });
}
