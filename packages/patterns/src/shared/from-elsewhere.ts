import type { Message } from "@pubsub-mfe/core";

/** A message of another tab, or another page that is linked, concerns nobody's ask here. */
export function isFromElsewhere({ meta }: Message): boolean {
  return meta?._crossTab === true;
}
