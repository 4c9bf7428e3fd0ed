import { settings } from "../settings.js";

/** What can be seen of the two parts of the page: both, or one alone. */
type Pages = "both" | "store" | "room";

const KEY = "pages";

/**
 * Lets a visitor close the control room, which then draws nothing; and on a narrow screen, where there
 * is room for one of the two, turn from one to the other.
 */
export function connectPages(main: HTMLElement, close: HTMLElement, turn: HTMLElement): void {
  const show = (pages: Pages): void => {
    main.dataset.pages = pages;
    settings.set(KEY, pages);
    close.textContent = `${pages === "store" ? "▸" : "▾"} Control room`;
    close.setAttribute("aria-expanded", String(pages !== "store"));
    turn.textContent = pages === "room" ? "To the store" : "To the control room";
  };
  const isLinked = location.hash !== "" && location.hash !== "#store";
  if (isLinked) show("room");
  else show(settings.get(KEY) === "store" ? "store" : "both");
  close.addEventListener("click", () => show(main.dataset.pages === "store" ? "both" : "store"));
  turn.addEventListener("click", () => {
    show(main.dataset.pages === "room" ? "both" : "room");
    scrollTo(0, 0);
  });
  // What is linked to is shown, wherever it is.
  addEventListener("hashchange", () => {
    show(location.hash === "#store" ? "both" : "room");
  });
}
