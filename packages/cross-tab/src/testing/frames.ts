import type { PubSubBus } from "@pubsub-mfe/core";
import { onTestFinished } from "vitest";
import type { CrossTabAdapter, CrossTabConfig } from "../index.js";

const core = new URL("../../../core/src/index.ts", import.meta.url).href;
const crossTab = new URL("../index.ts", import.meta.url).href;

/** A same-origin iframe that stands for a tab: it loads the modules for itself. */
export interface FrameTab {
  readonly bus: PubSubBus;
  readonly adapter: CrossTabAdapter;
  readonly window: Window & typeof globalThis;
  setVisible(visible: boolean): void;
  /** Says that the page goes into the back/forward cache, and that it comes back. */
  hide(): void;
  show(): void;
  freeze(): void;
  resume(): void;
  close(): void;
}

type Modules = typeof import("@pubsub-mfe/core") & typeof import("../index.js");

/** Opens a tab; the test's end closes it. */
export async function openFrame(config: CrossTabConfig): Promise<FrameTab> {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  onTestFinished(() => frame.remove());
  const window = frame.contentWindow as Window & typeof globalThis;
  let visible = true;
  Object.defineProperty(window.document, "visibilityState", {
    get: () => (visible ? "visible" : "hidden"),
  });
  const script = window.document.createElement("script");
  script.type = "module";
  script.textContent = `import * as core from ${JSON.stringify(core)};
    import * as crossTab from ${JSON.stringify(crossTab)};
    loaded({ ...core, ...crossTab });`;
  const { createPubSub, createCrossTabAdapter } = await new Promise<Modules>((loaded) => {
    Object.assign(window, { loaded });
    window.document.head.append(script);
  });
  const bus = createPubSub();
  const adapter = createCrossTabAdapter({ enableLeadership: true, ...config });
  await adapter.attach(bus);
  const turn = (type: string) =>
    window.dispatchEvent(new window.PageTransitionEvent(type, { persisted: true }));
  const life = (type: string) => window.document.dispatchEvent(new window.Event(type));
  return {
    bus,
    adapter,
    window,
    setVisible(isVisible) {
      visible = isVisible;
      life("visibilitychange");
    },
    hide: () => turn("pagehide"),
    show: () => turn("pageshow"),
    freeze: () => life("freeze"),
    resume: () => life("resume"),
    close: () => frame.remove(),
  };
}
