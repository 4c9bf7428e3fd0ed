import { createBus } from "../bus.js";
import type { StandardSchema } from "../policy/standard-schema.js";
import type { TopicsOf } from "../topics/typed.js";
import type { PubSubBus, PubSubConfig, Untyped } from "../types.js";
import { JoinedNeighbours } from "./neighbours.js";
import { type CopyInfo, type PageState, type Port, PROTOCOL } from "./port.js";
import { findPage, openSlot, VERSION } from "./slot.js";

/** Options of {@link joinPubSub}. */
export interface JoinConfig extends PubSubConfig {
  /** Who joins, for example the name of a microfrontend; shown by {@link copies}. */
  readonly name: string;
}

const COPIES = Symbol.for("@pubsub-mfe/copies");

/**
 * Joins the bus of this page: every copy of this package that joins the same `app`, in whatever
 * bundle, version or frame of this origin, publishes and subscribes as if it were one bus.
 *
 * @remarks
 * Retention belongs to the page: the first copy that configures it decides. Limits, schemas and
 * diagnostics are each copy's own, and `clear()` and `dispose()` end what this copy subscribed. On a
 * server, where a process serves many pages, it is a bus of its own.
 *
 * @throws {@link IncompatibleCopyError} when the copies on the page speak another major of the
 *   protocol
 *
 * @example
 * ```ts
 * const bus = joinPubSub({ app: "shop", name: "cart" });
 * ```
 */
export function joinPubSub<const Schemas extends Readonly<Record<string, StandardSchema>>>(
  config: JoinConfig & { readonly topics: Schemas },
): PubSubBus<TopicsOf<Schemas>>;
export function joinPubSub<Topics = Untyped>(config: JoinConfig): PubSubBus<Topics>;
export function joinPubSub(config: JoinConfig): PubSubBus {
  const { app = "default", name } = config;
  const page = findPage();
  const state = page ? openSlot(page, app, name) : undefined;
  if (typeof state !== "object") {
    const bus = createBus(config);
    const event = { type: "copy", state: "refused", name, version: VERSION } as const;
    // Told like anything else that goes wrong; the copy goes on alone.
    if (state) config.onDiagnostic?.({ ...event, reason: `${name} goes on alone: ${state}` });
    return bus;
  }
  const { retention: own, ...rest } = config;
  const agreed = state.retention ?? own;
  const bus = createBus({ ...rest, ...(agreed && { retention: agreed }) }, (ways) => {
    const port: Port = {
      ...ways,
      name,
      version: VERSION,
      protocol: PROTOCOL,
      document: globalThis.document,
    };
    const neighbours = new JoinedNeighbours(state, port);
    const retained = neighbours.enter(own);
    return { neighbours, port, retained };
  });
  tellOfJoining(state, name);
  const list = (): CopyInfo[] =>
    state.ports.map(({ name, version, protocol }) => ({ name, version, protocol }));
  return Object.defineProperty(bus, COPIES, { value: list });
}

/** Lists the copies that share the page of a bus, in the order in which they joined. */
export function copies(bus: object): readonly CopyInfo[] {
  const list = (bus as { [COPIES]?: () => CopyInfo[] })[COPIES];
  return list?.() ?? [];
}

/** Once the bus is whole: whoever is told may publish at once. */
function tellOfJoining({ ports }: PageState, name: string): void {
  for (const port of ports.slice(0, -1)) {
    port.tell({ type: "copy", state: "joined", name, version: VERSION });
  }
}
