import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What npm sends to publish a version, and what it asks for to install one. */
export interface PackageDocument {
  readonly name: string;
  readonly access?: string;
  readonly "dist-tags": Record<string, string>;
  readonly versions: Record<string, { readonly dist: { tarball: string } }>;
  readonly _attachments?: Readonly<Record<string, { readonly data: string }>>;
}

/** A registry of packages on this machine, in memory: what is published to it can be installed. */
export class Registry {
  /** What was published, in this order. */
  readonly published: PackageDocument[] = [];
  readonly #documents = new Map<string, PackageDocument>();
  readonly #tarballs = new Map<string, Buffer>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const path = decodeURIComponent(request.url ?? "/").slice(1);
      const body = await buffer(request);
      if (request.method === "PUT") this.#publish(JSON.parse(body.toString()));
      const found = this.#tarballs.get(path) ?? JSON.stringify(this.#documents.get(path));
      response.writeHead(found ? 200 : 404).end(found ?? '{ "error": "not found" }');
    });
  }

  static async start(): Promise<Registry> {
    const registry = new Registry();
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  /** The options of npm with which a scope is here, whatever else npm is told elsewhere. */
  options(scope: string): string[] {
    const { port } = this.#server.address() as AddressInfo;
    const address = `//127.0.0.1:${port}/`;
    return [`--${scope}:registry=http:${address}`, `--${address}:_authToken=nobody`];
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #publish(document: PackageDocument): void {
    const { name, versions, _attachments = {} } = document;
    this.published.push(document);
    for (const [file, { data }] of Object.entries(_attachments)) {
      this.#tarballs.set(`${name}/-/${file}`, Buffer.from(data, "base64"));
    }
    const known = this.#documents.get(name);
    this.#documents.set(name, {
      name,
      "dist-tags": { ...known?.["dist-tags"], ...document["dist-tags"] },
      versions: { ...known?.versions, ...versions },
    });
  }
}
