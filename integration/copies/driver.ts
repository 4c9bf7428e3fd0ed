// Runs scenarios in a page or a worker that bundles meet in; the first script there.
import type * as core from "@pubsub-mfe/core";

/** What a bundle exports. */
type Copy = Pick<typeof core, "copies" | "joinPubSub">;

/** A frame, and what is in it. */
interface Frame {
  readonly element: HTMLIFrameElement;
  readonly window: Window;
  readonly kit: Kit;
}

/** What a scenario works with. */
export interface Kit {
  /** Loads a bundle; with another query once more. */
  load(file: string): Promise<Copy>;
  /** Opens a frame, and waits until it has loaded. */
  openFrame(path?: string): Promise<Frame>;
  /** Waits until all is delivered: on a busy machine the time budget puts some off to later tasks. */
  turnEnd(): Promise<void>;
}

declare global {
  interface Window {
    kit: Kit;
    violations: string[];
    /** The bundle that is no module. */
    banner: Copy;
  }
}

/** A scenario to run, and the port that waits for what comes of it. */
export interface Order {
  readonly scenario: string;
  readonly inWorker: boolean;
}

/** What comes of a scenario. */
export interface Outcome {
  readonly value?: unknown;
  readonly error?: unknown;
  /** What the policy of the page has blocked so far. */
  readonly violations: readonly string[];
}

/** An image that no policy here allows. */
const LAST = "/last.png";
const violations: string[] = [];

const kit: Kit = {
  load: (file) => import(`/${file}`),
  openFrame(path = "/page.html") {
    const element = document.createElement("iframe");
    element.src = path;
    return new Promise((resolve) => {
      element.onload = () => {
        const window = element.contentWindow as Window;
        resolve({
          element,
          window,
          get kit() {
            return window.kit;
          },
        });
      };
      document.body.append(element);
    });
  },
  async turnEnd() {
    for (let tasks = 20; tasks > 0; tasks -= 1) await nextTask();
  },
};

let worker: Worker | undefined;

Object.assign(globalThis, { kit, violations });
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) => {
  if (blockedURI.includes(LAST)) return;
  const violation = `${effectiveDirective}: ${blockedURI} ${sample}`;
  violations.push(violation);
  // A frame's are its page's too.
  if (globalThis.parent !== globalThis.window) reportToParent(violation);
});
addEventListener("message", async ({ data, ports }: MessageEvent<Order>) => {
  const [port] = ports;
  if (data.inWorker) {
    worker ??= new Worker("/driver.js", { type: "module" });
    worker.postMessage({ ...data, inWorker: false }, [port as MessagePort]);
    return;
  }
  port?.postMessage(await run(data.scenario));
});

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

async function run(scenario: string): Promise<Outcome> {
  try {
    const value = await (await import(scenario)).scenario(kit);
    await violationsReported();
    return { value, violations };
  } catch (error) {
    return { error: `${error}\n${(error as Error)?.stack}`, violations };
  }
}

/**
 * Violations are told of in later tasks. One that is made for it comes after all others, and shows
 * that the policy is in force.
 */
function violationsReported(): Promise<void> | undefined {
  if (globalThis.location.pathname !== "/page.html") return undefined;
  return new Promise((resolve) => {
    const listening = new AbortController();
    addEventListener(
      "securitypolicyviolation",
      ({ blockedURI }) => {
        if (!blockedURI.includes(LAST)) return;
        listening.abort();
        resolve();
      },
      listening,
    );
    new Image().src = LAST;
  });
}

function reportToParent(violation: string): void {
  try {
    parent.violations.push(violation);
  } catch {
    // It is of another origin: the page of the tests.
  }
}
