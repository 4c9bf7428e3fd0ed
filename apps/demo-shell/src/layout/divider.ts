import { settings } from "../settings.js";

/** Where the store ends and the control room begins, in percent of the width. */
const DEFAULT = 43;
const MIN = 25;
const MAX = 75;
const STEP = 2;

const KEY = "divider";

/** Lets a visitor give the store or the control room more room: by dragging, or by the arrow keys. */
export function connectDivider(divider: HTMLElement, main: HTMLElement): void {
  const set = (percent: number): void => {
    const value = Math.round(Math.min(MAX, Math.max(MIN, percent)));
    main.style.setProperty("--store", `${value}fr`);
    main.style.setProperty("--room", `${100 - value}fr`);
    divider.setAttribute("aria-valuenow", String(value));
    settings.set(KEY, String(value));
  };
  const value = (): number => Number(divider.getAttribute("aria-valuenow"));

  divider.setAttribute("aria-valuemin", String(MIN));
  divider.setAttribute("aria-valuemax", String(MAX));
  set(Number(settings.get(KEY)) || DEFAULT);

  divider.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    divider.focus();
    divider.setPointerCapture(event.pointerId);
  });
  divider.addEventListener("pointermove", ({ pointerId, clientX }) => {
    if (divider.hasPointerCapture(pointerId)) set((clientX / main.clientWidth) * 100);
  });
  divider.addEventListener("dblclick", () => set(DEFAULT));
  divider.addEventListener("keydown", (event) => {
    const to: Record<string, number> = {
      ArrowLeft: value() - STEP,
      ArrowRight: value() + STEP,
      Home: MIN,
      End: MAX,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  });
}
