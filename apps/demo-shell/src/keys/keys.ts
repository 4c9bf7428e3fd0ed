import { create } from "../dom.js";
import { settings } from "../settings.js";

/** Whether keys alone, without a modifier, do anything: some speech input types them by accident. */
const OFF_KEY = "keys.off";

/**
 * Gives keys to what can be pressed: an element with `data-key="p"` is clicked by P where it can be
 * seen, and one that takes text gets the focus. `?` lists them all.
 */
export function connectKeys(help: HTMLElement): void {
  const list = create("dl", { className: "keys" });
  const isOff = create("input", {
    type: "checkbox",
    checked: settings.get(OFF_KEY) !== null,
  });
  const close = create("button", { type: "button", textContent: "Close" });
  const dialog = create(
    "dialog",
    { className: "overlay" },
    create("div", { className: "overlay-head" }, create("h2", { textContent: "Keys" }), close),
    create(
      "div",
      { className: "panels" },
      list,
      create("label", {}, isOff, " Turn off the keys of one character, but for this list"),
    ),
  );
  dialog.setAttribute("aria-label", "Keys");
  document.body.append(dialog);
  close.addEventListener("click", () => dialog.close());
  isOff.addEventListener("change", () => {
    if (isOff.checked) settings.set(OFF_KEY, "yes");
    else settings.remove(OFF_KEY);
  });
  const showHelp = (): void => {
    list.replaceChildren(...keyed().flatMap(([key, element]) => describe(key, nameOf(element))));
    list.append(...describe("Esc", "Return to live; close what is open"));
    list.append(...describe("Tab, arrows", "Go from part to part, and within lists and bars"));
    if (!dialog.open) dialog.showModal();
  };
  help.addEventListener("click", showHelp);

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (takesText(event.target) || document.querySelector("dialog[open]:modal")) return;
    if (event.key === "?") {
      event.preventDefault();
      showHelp();
      return;
    }
    if (isOff.checked) return;
    const element = keyed().find(([key, each]) => key === event.key && isSeen(each))?.[1];
    if (!element) return;
    event.preventDefault();
    if (takesText(element)) element.focus();
    else element.click();
  });
}

function keyed(): [key: string, element: HTMLElement][] {
  return [...document.querySelectorAll<HTMLElement>("[data-key]")].map((element) => [
    element.dataset.key as string,
    element,
  ]);
}

/** What an element is called, without counts that are beside its name. */
function nameOf(element: HTMLElement): string {
  return (
    element.dataset.keyName ??
    element.getAttribute("aria-label") ??
    element.firstChild?.textContent?.trim() ??
    ""
  );
}

function describe(key: string, text: string): HTMLElement[] {
  return [
    create("dt", {}, create("kbd", { textContent: key })),
    create("dd", { textContent: text }),
  ];
}

function isSeen(element: HTMLElement): boolean {
  return element.checkVisibility() && !element.closest("[inert]");
}

function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  const isKeyless = target.matches(
    "input:is([type=checkbox], [type=radio], [type=button], [type=range])",
  );
  return target.matches("input, textarea, select") && !isKeyless;
}
