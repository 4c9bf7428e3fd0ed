import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Frame, Page } from "@playwright/test";
import type { Message, PubSubBus } from "@pubsub-mfe/core";
import type { PeerConnection } from "@pubsub-mfe/cross-tab/frames";

/** One connection of the page, as its tests see it. */
export interface Told {
  received: Message[];
  codes: string[];
  states: string[];
}

declare global {
  interface Window {
    /** Connects a bus of its own to the frame, and puts both here. */
    connect(frame: string, options: { origin: string; timeoutMs?: number }): void;
    buses: Record<string, PubSubBus>;
    connections: Record<string, PeerConnection>;
    peers: Record<string, Told>;
  }
}

const importMap = JSON.stringify({
  imports: {
    "@pubsub-mfe/core": "/core/index.js",
    "@pubsub-mfe/core/stores": "/core/stores.js",
    "@pubsub-mfe/cross-tab/frames": "/cross-tab/frames.js",
  },
});

const page = (script: string) => `<!doctype html><title>frames</title><body>
<script type="importmap">${importMap}</script>
<script type="module">
import { createPubSub } from "@pubsub-mfe/core";
import { connectIframe, connectParent } from "@pubsub-mfe/cross-tab/frames";
window.buses = {};
window.connections = {};
window.peers = {};
function open(name, connect) {
  const bus = createPubSub();
  const told = { received: [], codes: [], states: [] };
  bus.subscribe("#", (message) => told.received.push(message));
  window.buses[name] = bus;
  window.peers[name] = told;
  window.connections[name] = connect(bus, {
    onError: ({ code }) => told.codes.push(code),
    onChange: (state) => told.states.push(state),
  });
  return bus;
}
${script}
</script>`;

const pages: Readonly<Record<string, string>> = {
  "/host": page(`window.connect = (frame, options) =>
    open(frame, (bus, listeners) =>
      connectIframe(bus, document.getElementById(frame), { ...options, ...listeners }));`),
  // Connects with whoever is listed, answers what is asked, and names itself and its load.
  "/frame": page(`const query = new URLSearchParams(location.search);
    const bus = open("parent", (bus, listeners) =>
      connectParent(bus, { origins: query.getAll("origin"), ...listeners }));
    const name = query.get("name");
    bus.subscribe("ask", ({ payload, meta }) => bus.publish("answer", { name, payload, meta }));
    bus.publish("there", name);`),
  "/plain": "<!doctype html><title>plain</title>",
};

/** A server of the pages above; each is another origin. */
export class FramesServer {
  readonly #server: Server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const [, name = "", file = ""] = /^\/(core|cross-tab)\/([\w./-]+\.js)$/.exec(pathname) ?? [];
    const dist = new URL(`../packages/${name}/dist/${file}`, import.meta.url);
    const body = file ? await readFile(dist).catch(() => undefined) : pages[pathname];
    if (body === undefined) response.writeHead(404);
    else response.setHeader("content-type", file ? "text/javascript" : "text/html");
    response.end(body);
  });

  /** @param host - `localhost` and `127.0.0.1` are two sites, and two processes */
  async listen(host: "localhost" | "127.0.0.1"): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Puts a frame into the page, and waits until it is where it is to go. */
export async function addFrame(page: Page, id: string, src: string): Promise<Frame> {
  const arrival = page.waitForEvent("framenavigated", (frame) => frame.url() === src);
  await page.evaluate(
    ([id, src]) => {
      const iframe = Object.assign(document.createElement("iframe"), { id, src });
      document.body.append(iframe);
    },
    [id, src] as const,
  );
  return arrival;
}
