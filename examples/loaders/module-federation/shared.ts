/** What host and remote share: with `--mode shared` one core for both, else nothing. */
export const sharedIn = (mode: string) =>
  mode === "shared" ? { "@pubsub-mfe/core": { singleton: true, requiredVersion: "^1.0.0" } } : {};
