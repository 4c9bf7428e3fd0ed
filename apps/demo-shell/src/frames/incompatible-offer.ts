import type { Host } from "../contract.js";
import { create } from "../dom.js";
import { createFrame } from "./frame.js";
import type { ManifestEntry } from "./manifest.js";

/** Lets a visitor load a microfrontend that the page must refuse, and take it away again. */
export function createIncompatibleOffer(entry: ManifestEntry, host: Host): HTMLElement {
  const button = create("button", { type: "button" });
  const note = create("p", {
    className: "muted",
    textContent:
      "The versions of the copies of the bus are set at build time, for show. One major of its protocol does not understand another.",
  });
  const offer = create("div", { className: "offer" }, button, note);
  let frame: HTMLElement | undefined;
  const draw = (): void => {
    button.textContent = frame ? `Take ${entry.title} away` : "Load an incompatible one";
  };
  button.addEventListener("click", () => {
    if (frame) {
      frame.remove();
      frame = undefined;
    } else {
      frame = createFrame(entry, host);
      offer.before(frame);
    }
    draw();
  });
  draw();
  return offer;
}
