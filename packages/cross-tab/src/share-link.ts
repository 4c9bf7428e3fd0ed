import type { Membership } from "./membership.js";
import type { CrossTabSettings } from "./settings.js";
import { describeOptions, type SharedLink } from "./shared-link.js";

/**
 * Lets the other adapters of a page use this one.
 *
 * @param life - what this time of being attached knows
 */
export function shareLink(
  settings: CrossTabSettings,
  membership: Membership,
  life: Pick<SharedLink, "caughtUp" | "onEnd">,
): SharedLink {
  return {
    version: 1,
    options: describeOptions(settings),
    presence: membership.presence,
    clientId: () => membership.clientId,
    isLeading: () => membership.isLeading,
    lead: (...work) => membership.lead(...work),
    resign: () => membership.resign(),
    ...life,
  };
}
