import { onTestFinished } from "vitest";
import type { Transport } from "../index.js";
import type { TransportTab } from "./transport-contract.js";

const entries = ["index", "shared-worker", "storage"].map(
  (name) => new URL(`../${name}.ts`, import.meta.url).href,
);

/** The script of the worker, as the sources have it. */
export const brokerUrl: string = new URL("../shared-worker-broker.ts", import.meta.url).href;

type Modules = typeof import("../index.js") &
  typeof import("../shared-worker.js") &
  typeof import("../storage.js");

/** A same-origin iframe that stands for a page, with modules of its own. */
interface Frame {
  readonly window: Window & typeof globalThis;
  readonly modules: Modules;
}

/** Those that no test uses now: to load one takes long. */
const free: Frame[] = [];

/** Opens a page with a transport; the test's end gives it back. */
export async function openTransportFrame(
  create: (modules: Modules) => Transport,
): Promise<TransportTab> {
  const frame = free.pop() ?? (await loadFrame());
  onTestFinished(() => void free.push(frame));
  const { window, modules } = frame;
  const turn = (type: string) =>
    void window.dispatchEvent(new window.PageTransitionEvent(type, { persisted: true }));
  return {
    transport: create(modules),
    hide: () => turn("pagehide"),
    show: () => turn("pageshow"),
  };
}

async function loadFrame(): Promise<Frame> {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const window = frame.contentWindow as Window & typeof globalThis;
  const script = window.document.createElement("script");
  script.type = "module";
  const imports = entries.map((url) => `import(${JSON.stringify(url)})`);
  script.textContent = `loaded(Object.assign({}, ...(await Promise.all([${imports}]))));`;
  const modules = await new Promise<Modules>((loaded) => {
    Object.assign(window, { loaded });
    window.document.head.append(script);
  });
  return { window, modules };
}
