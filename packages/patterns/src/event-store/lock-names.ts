import type { EventStreams } from "@pubsub-mfe/core";
import { randomId } from "../shared/random-id.js";

/** Where streams keep what tells them from others of the origin. */
const OWN = { name: "@pubsub-mfe/patterns", version: 1 };
const ID = "id";

/** Names locks after the streams that they are for, which all tabs find the same. */
export function lockNames(streams: EventStreams): (purpose: string) => Promise<string> {
  let identified: Promise<string> | undefined;
  return async (purpose) => {
    identified ??= identify(streams);
    try {
      return `@pubsub-mfe/patterns:${await identified}:${purpose}`;
    } catch (error) {
      identified = undefined;
      throw error;
    }
  };
}

async function identify(streams: EventStreams): Promise<string> {
  const known = await streams.rows(OWN).get<string>(ID);
  return (
    known ??
    (await streams.transact(OWN, async (transaction) => {
      const first = await transaction.get<string>(ID);
      const id = first ?? randomId();
      if (first === undefined) transaction.put(ID, id);
      return id;
    }))
  );
}
