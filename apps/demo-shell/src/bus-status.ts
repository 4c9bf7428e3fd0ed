import { byId } from "./dom.js";

const WORDS = {
  live: { text: "● Bus live", className: "chip ok" },
  paused: { text: "❚❚ Paused", className: "chip uneasy" },
  past: { text: "◷ Viewing the past", className: "chip uneasy" },
} as const;

/** Why what is shown is not what the bus does now. */
interface Reasons {
  readonly isPaused?: boolean;
  readonly isPast?: boolean;
}

let reasons: Reasons = {};

/** Says in the top bar whether what is shown is what the bus does now; a reason that is not named stays. */
export function showBusStatus(changed: Reasons): void {
  reasons = { ...reasons, ...changed };
  const { text, className } = WORDS[reasons.isPast ? "past" : reasons.isPaused ? "paused" : "live"];
  Object.assign(byId("bus-status"), { textContent: text, className });
}
