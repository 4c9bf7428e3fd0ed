import { create } from "./dom.js";

/** Creates a part of a view, under a title. */
export function panel(title: string, ...children: Node[]): HTMLElement {
  return create(
    "section",
    { className: "panel" },
    create("h3", { textContent: title }),
    ...children,
  );
}
