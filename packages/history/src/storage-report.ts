import type { StorageReport } from "./types.js";

/** Tells how much room the origin has. */
export async function reportStorage(): Promise<StorageReport> {
  const { storage } = navigator;
  const { usage, quota } = (await storage?.estimate?.()) ?? {};
  return { usage, quota, persisted: await storage?.persisted?.() };
}

/** Asks the browser not to evict the data of the origin. */
export async function askToPersist(): Promise<boolean> {
  return (await navigator.storage?.persist?.()) ?? false;
}
