import type { Microfrontend } from "../contract.js";
import type { BundledEntry } from "./manifest.js";

/**
 * Loads the bundle of a microfrontend.
 *
 * @param failures - how often it failed; a browser may remember that of an address, so the next try
 *   has another. What was loaded is not loaded again: a page never forgets a module.
 * @throws with a sentence that says what is wrong with the bundle
 */
export async function loadMicrofrontend(
  entry: BundledEntry,
  failures: number,
): Promise<Microfrontend> {
  if (entry.style && !import.meta.env.DEV) addStyle(entry.style);
  const url = new URL(entry.script, document.baseURI);
  if (failures > 0) url.searchParams.set("retry", String(failures));
  let module: Partial<Microfrontend>;
  try {
    module = await import(/* @vite-ignore */ url.href);
  } catch (error) {
    throw new Error((await explainAddress(url)) ?? `Its bundle failed: ${error}`);
  }
  if (typeof module.mount !== "function") {
    throw new Error("Its bundle exports no mount function.");
  }
  return module as Microfrontend;
}

/**
 * A failed import does not say how the server answered, and a frame neither.
 *
 * @returns nothing, where the server has what is asked for
 */
export async function explainAddress(url: URL): Promise<string | undefined> {
  try {
    const { ok, status } = await fetch(url, { method: "HEAD" });
    return ok ? undefined : `Its address answered ${status}.`;
  } catch {
    return "Its server cannot be reached.";
  }
}

function addStyle(address: string): void {
  const { href } = new URL(address, document.baseURI);
  const links = document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]');
  if ([...links].some((link) => link.href === href)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  document.head.append(link);
}
