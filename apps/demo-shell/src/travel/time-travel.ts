import { byId } from "../dom.js";
import type { HostParts } from "../start-host.js";
import { TransportBar } from "../transport-bar/transport-bar.js";
import { LoggedMessages } from "./logged-messages.js";
import { Past } from "./past.js";
import { connectPastMode } from "./past-mode.js";
import { Travel } from "./travel.js";
import { showTravel } from "./travel-view.js";

/** Brings the transport bar to life, and the view of what was true at any message of the log. */
export function connectTimeTravel({ history, traffic }: HostParts): void {
  const messages = new LoggedMessages(history, traffic);
  const past = new Past(messages, history.streams);
  const travel = new Travel(messages);
  const bar = new TransportBar(byId("transport"), messages, travel, traffic);
  connectPastMode(travel, messages, bar.live);
  showTravel(byId("travel"), travel, messages, past);
}
