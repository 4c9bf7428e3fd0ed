import type { ConnectOptions, TopicRules } from "@pubsub-mfe/core";

/** Rules for both directions, and more of one. */
export interface DirectedRules extends TopicRules {
  /** For what goes out: its `share` is used instead of that for both, its `private` as well as that. */
  readonly send?: TopicRules | undefined;
  /** For what comes in: its `share` is used instead of that for both, its `private` as well as that. */
  readonly receive?: TopicRules | undefined;
}

/** Gives the rules of each direction. */
export function directRules(rules: DirectedRules): Required<ConnectOptions> {
  return { send: merge(rules, rules.send), receive: merge(rules, rules.receive) };
}

function merge(both: TopicRules, one: TopicRules = {}): TopicRules {
  return {
    share: one.share ?? both.share,
    private: [...(both.private ?? []), ...(one.private ?? [])],
  };
}
