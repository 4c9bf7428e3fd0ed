import { invalidArgument } from "../arguments.js";
import { createBus } from "../bus.js";
import type { StandardSchema } from "../policy/standard-schema.js";
import type { TopicsOf } from "../topics/typed.js";
import type { PubSubBus, PubSubConfig, Untyped } from "../types.js";
import { mergeFrames } from "./merge.js";
import { alone, JoinedNeighbours, livePorts } from "./neighbours.js";
import { findPage } from "./place.js";
import { type CopyInfo, type Port, PROTOCOL, tellAll } from "./port.js";
import { openSlot, VERSION } from "./slot.js";

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
  const { app = "default", name } = config ?? {};
  if (typeof name !== "string" || name === "") {
    throw invalidArgument("name", name, "a string that is not empty, like the microfrontend's");
  }
  const page = findPage();
  const state = page ? openSlot(page, app, name) : undefined;
  if (typeof state !== "object") {
    return createBus(config, ({ tell }) => {
      // Told like anything else that goes wrong; the copy goes on alone.
      const reason = `${name} goes on alone: ${state}`;
      if (state) tell({ type: "copy", state: "refused", name, version: VERSION, reason });
      return alone();
    });
  }
  if (page) mergeFrames(page, app, state);
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
  // Once the bus is whole: whoever is told may publish at once.
  tellAll(state.ports.slice(0, -1), "joined", { name, version: VERSION });
  const list = (): CopyInfo[] =>
    livePorts(state).map(({ name, version, protocol }) => ({ name, version, protocol }));
  return Object.defineProperty(bus, COPIES, { value: list });
}

/** Lists the copies that share the page of a bus, in the order in which they joined. */
export function copies(bus: object): readonly CopyInfo[] {
  const list = (bus as { [COPIES]?: () => CopyInfo[] })[COPIES];
  return list?.() ?? [];
}
