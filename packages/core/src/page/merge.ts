import { absorb } from "../links/domains.js";
import { inOrder } from "../policy/in-order.js";
import { livePorts } from "./neighbours.js";
import { framedDocuments } from "./place.js";
import { type PageState, tellAll } from "./port.js";
import { redirectSlot } from "./slot.js";

/**
 * Brings together the copies of an app that joined in a frame before it and its page could see each
 * other, as those can that set `document.domain`.
 */
export function mergeFrames(page: object, app: string, state: PageState): void {
  for (const framed of framedDocuments(page)) {
    const found = redirectSlot(framed, app, state);
    if (found) merge(state, found);
  }
}

function merge(into: PageState, from: PageState): void {
  const [here, there] = [[...livePorts(into)], [...livePorts(from)]];
  // What was published until now leaves by the links of its own page.
  for (const port of [...here, ...there]) port.handOver();
  absorb(into.candidates, from.candidates);
  into.ports.push(...there);

  const retention = into.retention ?? from.retention;
  if (retention) {
    into.retention = retention;
    // Both may have the same from another tab.
    const retained = inOrder([...(here[0]?.retained() ?? []), ...(there[0]?.retained() ?? [])]);
    for (const port of into.ports) port.retain(retention, retained);
  }
  // The copies there hold on to their own state.
  Object.assign(from, into);
  for (const port of there) tellAll(here, "joined", port);
  for (const port of here) tellAll(there, "joined", port);
}
