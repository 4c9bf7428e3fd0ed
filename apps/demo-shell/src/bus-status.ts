import { byId } from "./dom.js";

const WORDS = {
  live: { text: "● Bus live", className: "chip ok" },
  paused: { text: "❚❚ Paused", className: "chip uneasy" },
} as const;

/** Says in the top bar whether what is shown is what the bus does now. */
export function showBusStatus(status: keyof typeof WORDS): void {
  const { text, className } = WORDS[status];
  Object.assign(byId("bus-status"), { textContent: text, className });
}
