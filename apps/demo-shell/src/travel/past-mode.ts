import { showBusStatus } from "../bus-status.js";
import { byId, create } from "../dom.js";
import { onceAFrame } from "../once-a-frame.js";
import type { LoggedMessages } from "./logged-messages.js";
import { count, toTheSecond } from "./moment-words.js";
import type { Travel } from "./travel.js";

/** So long nothing is said while the visitor goes on through the past. */
const SAY_AFTER_MS = 700;

/** Tells over the whole page that it shows the past, keeps the store from use meanwhile, and leads back. */
export function connectPastMode(travel: Travel, messages: LoggedMessages, live: HTMLElement): void {
  const store = byId("store");
  const text = create("p");
  const back = create("button", { type: "button", textContent: "Return to live" });
  const banner = create(
    "section",
    { id: "past", hidden: true },
    text,
    create("kbd", { className: "muted", textContent: "Esc" }),
    back,
  );
  banner.setAttribute("aria-label", "The past");
  const spoken = create("output", { className: "visually-hidden" });
  document.querySelector("main")?.before(banner);
  live.after(spoken);
  const note = create("p", {
    className: "store-waits",
    textContent: "◷ The store is as it is now, and waits until you return to live.",
  });

  let isPast = false;
  const turn = (): void => {
    isPast = travel.at !== undefined;
    // Before the button goes: the focus would be lost with it.
    if (!isPast && banner.contains(document.activeElement)) live.focus();
    banner.hidden = !isPast;
    store.inert = isPast;
    if (isPast) {
      store.prepend(note);
      // On a narrow page the store lies above it.
      byId("room").scrollIntoView({ block: "nearest" });
    } else note.remove();
    showBusStatus({ isPast });
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  let said: number | undefined;
  const say = (): void => {
    if (travel.at === said) return;
    said = travel.at;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const at = travel.at;
      const message = at === undefined ? undefined : messages.at(at);
      spoken.textContent = message
        ? `Viewing the past: message ${at} of ${messages.count}, ${message.topic}. The store waits. Escape returns to live.`
        : "Live again.";
    }, SAY_AFTER_MS);
  };

  const draw = onceAFrame(() => {
    const at = travel.at;
    if ((at !== undefined) !== isPast) turn();
    say();
    const message = at === undefined ? undefined : messages.at(at);
    if (!message) return;
    text.replaceChildren(
      create("strong", { textContent: "◷ Viewing the past: " }),
      `message ${at} of ${messages.count}, ${toTheSecond(message)}. The page goes on: ${count(travel.newSince, "new message")} since.`,
    );
  });
  travel.onChange(draw);
  back.addEventListener("click", () => travel.goLive());
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || travel.at === undefined) return;
    // What lies over the page closes first.
    if (document.querySelector("dialog:modal, :popover-open")) return;
    travel.goLive();
  });
}
