import { inject } from "vitest";
import type { Kit, Order, Outcome } from "./driver.js";

/** The origin of the pages, and another that serves the same. */
export const [origin, otherOrigin] = inject("copiesOrigins");

/** Waits until the bundles are built, which takes a while on a busy machine. */
export async function bundlesBuilt(): Promise<void> {
  await fetch(`${origin}/driver.js`, { mode: "no-cors" });
}

type Scenario<T, G = undefined> = (kit: Kit, given: G) => T;

/**
 * A page that bundles meet on. It lies in a frame of another origin, so that it is the topmost of
 * its own.
 */
export class CopiesPage {
  readonly #frame: HTMLIFrameElement;

  private constructor(frame: HTMLIFrameElement) {
    this.#frame = frame;
  }

  static open(path = "/page.html"): Promise<CopiesPage> {
    const frame = document.createElement("iframe");
    frame.src = origin + path;
    return new Promise((resolve) => {
      frame.onload = () => resolve(new CopiesPage(frame));
      document.body.append(frame);
    });
  }

  /**
   * Runs a function there.
   *
   * @param scenario - must use nothing of its surroundings: only its text gets there, as a script of
   *   that origin, which its policy allows
   * @param given - plain data for it
   */
  async run<T, G>(scenario: Scenario<T, G>, given?: G): Promise<Awaited<T>> {
    const { value, error, violations } = await this.#order(scenario, given);
    if (error) throw new Error(`The scenario failed: ${error}`);
    if (violations.length > 0) throw new Error(`The page's policy blocked ${violations}`);
    return value as Awaited<T>;
  }

  /** Runs a function in a worker of the page, always the same. */
  async runInWorker<T>(scenario: Scenario<T>): Promise<Awaited<T>> {
    const { value, error } = await this.#order(scenario, undefined, true);
    if (error) throw new Error(`The scenario failed: ${error}`);
    return value as Awaited<T>;
  }

  /** Runs a function that the policy of the page is to block. */
  async violationsOf(scenario: Scenario<unknown>): Promise<readonly string[]> {
    return (await this.#order(scenario)).violations;
  }

  close(): void {
    this.#frame.remove();
  }

  async #order<G>(scenario: Scenario<unknown, G>, given?: G, inWorker = false): Promise<Outcome> {
    const path = `/scenario-${crypto.randomUUID()}.js`;
    const body = `export const scenario = (kit) => (${scenario})(kit, ${JSON.stringify(given)});`;
    await fetch(origin + path, { method: "POST", mode: "no-cors", body });
    const { port1, port2 } = new MessageChannel();
    const outcome = new Promise<Outcome>((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    const order: Order = { scenario: path, inWorker };
    this.#frame.contentWindow?.postMessage(order, origin, [port2]);
    return outcome.finally(() => port1.close());
  }
}
