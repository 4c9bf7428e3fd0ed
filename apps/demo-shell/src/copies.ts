import { copies, type PubSubBus } from "@pubsub-mfe/core";
import { create } from "./dom.js";
import { DOCUMENT_GONE } from "./frames/framed-page.js";
import { onceAFrame } from "./once-a-frame.js";

/** Shows how many copies of the bus are on the page, and which, when the button is pressed. */
export function showCopies(button: HTMLElement, bus: PubSubBus): void {
  const rows = create("tbody");
  const head = create("tr");
  for (const title of ["Copy", "Version", "Protocol"]) {
    head.append(create("th", { textContent: title, scope: "col" }));
  }
  const table = create("table", {}, create("thead", {}, head), rows);
  table.setAttribute("aria-label", "Copies of the bus");
  const note = create("p", {
    className: "muted",
    textContent:
      "Each microfrontend has brought a copy of its own. The versions of theirs are set at build time, for show: all are built from the same source.",
  });
  const list = create(
    "div",
    { id: "copy-list", className: "overlay", popover: "auto" },
    table,
    note,
  );
  button.after(list);
  button.setAttribute("popovertarget", list.id);

  const draw = (): void => {
    const present = copies(bus);
    const protocols = new Set(present.map(({ protocol }) => protocol.major));
    const versions = [...new Set(present.map(({ version }) => version))].sort();
    button.replaceChildren(
      `${present.length} copies · protocol ${[...protocols].join(", ")}`,
      create("span", { className: "versions", textContent: ` (${versions.join(", ")})` }),
    );
    rows.replaceChildren(
      ...present.map(({ name, version, protocol }) => {
        const title = create("th", { scope: "row", textContent: name });
        title.dataset.source = name;
        return create(
          "tr",
          {},
          title,
          create("td", { className: "mono", textContent: version }),
          create("td", { className: "mono", textContent: `${protocol.major}.${protocol.minor}` }),
        );
      }),
    );
  };
  // A copy that comes subscribes, and one that leaves ends what it had.
  const drawSoon = onceAFrame(draw);
  bus.onSubscriptionsChange(drawSoon);
  document.addEventListener(DOCUMENT_GONE, drawSoon);
  draw();
}
