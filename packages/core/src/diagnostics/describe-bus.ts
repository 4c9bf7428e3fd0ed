import type { Message } from "../types.js";
import type { Inspectable, InspectedLink, InspectedSubscription } from "./inspect-protocol.js";

/** A subscription, as it is seen from outside. */
export interface SubscriptionDescription {
  /** Unique in its copy; later ones have a higher number. */
  readonly id: number;
  readonly pattern: string;
  /** The name of the handler's function; `""` when it has none. */
  readonly handler: string;
  /** Whether a library made it, such as {@link once}. */
  readonly internal: boolean;
  /** Whether its `sourceFilter` lets messages of a source through; `undefined`: without a source. */
  accepts(source: string | undefined): boolean;
}

/** A link, as it is seen from outside. */
export interface LinkDescription {
  readonly domain: string;
  /** Whether its topic rules let messages of a topic out. */
  sends(topic: string): boolean;
}

/** A bus, as it is seen from outside. */
export interface BusDescription {
  readonly instanceId: string;
  readonly app: string;
  /** The name under which it has joined its page; `undefined` when it has not. */
  readonly name: string | undefined;
  /** The version of the package that made it. */
  readonly version: string;
  readonly disposed: boolean;
  /** In the order in which they were made. */
  readonly subscriptions: readonly SubscriptionDescription[];
  /** The links of its page that are used, one a domain. */
  readonly links: readonly LinkDescription[];
}

export function describeBus(inspectable: Inspectable): BusDescription {
  const { name, version, candidates } = inspectable;
  const { instanceId, app, disposed } = inspectable.getStats();
  const subscriptions = Array.from(inspectable.routes()).flatMap((route) => route.subscriptions);
  return {
    instanceId,
    app,
    name,
    version,
    disposed,
    subscriptions: subscriptions
      .filter(({ active }) => active)
      .sort((a, b) => a.sequence - b.sequence)
      .map(describeSubscription),
    links: candidates.filter(isFirstOfDomain).map(({ domain, sends }) => ({ domain, sends })),
  };
}

function describeSubscription(subscription: InspectedSubscription): SubscriptionDescription {
  const { sequence, route, handler, internal, filter } = subscription;
  return {
    id: sequence,
    pattern: route.pattern,
    handler: handler.name,
    internal,
    accepts: (source) => filter?.(messageOf(source)) ?? true,
  };
}

/** A filter by source looks at nothing else. */
function messageOf(source: string | undefined): Message {
  const meta = source === undefined ? {} : { source };
  return { id: "", topic: "", ts: 0, payload: undefined, meta };
}

function isFirstOfDomain(
  link: InspectedLink,
  index: number,
  all: readonly InspectedLink[],
): boolean {
  return all.findIndex(({ domain }) => domain === link.domain) === index;
}
