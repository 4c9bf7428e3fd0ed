import type { Message } from "@pubsub-mfe/core";
import { create } from "../dom.js";

/** Fills an element with everything that a message carries. */
export function showDetail(element: HTMLElement, message: Message, way: string): void {
  const { id, topic, ts, payload, meta } = message;
  const facts = create("dl");
  const rows = { id, time: new Date(ts).toISOString(), source: meta?.source ?? "–", way };
  for (const [name, value] of Object.entries(rows)) {
    facts.append(create("dt", { textContent: name }), create("dd", { textContent: value }));
  }
  element.replaceChildren(
    create("h3", { className: "mono", textContent: topic }),
    facts,
    create("pre", { textContent: JSON.stringify(payload, null, 2) ?? "undefined" }),
  );
}
