import { clockTime } from "../clock-time.js";
import { create } from "../dom.js";
import type { MessageEntry } from "../traffic/entry.js";

/** Lists what a message carries beside its payload. */
export function createEnvelope(
  { message, way, leaves }: MessageEntry,
  find: (id: string) => MessageEntry | undefined,
  open: (entry: MessageEntry) => void,
): HTMLElement {
  const { id, ts, schemaVersion, meta } = message;
  const facts = create("dl");
  const add = (name: string, value: Node | string | undefined): void => {
    if (value === undefined) return;
    facts.append(create("dt", { textContent: name }), create("dd", {}, value));
  };
  add("id", id);
  add("time", `${new Date(ts).toLocaleDateString("sv-SE")} ${clockTime(ts)}`);
  add("source", meta?.source ?? "–");
  if (meta?.causationId !== undefined)
    add("cause", createCause(String(meta.causationId), find, open));
  add("correlation", meta?.correlationId);
  add("trace", meta?.traceparent === undefined ? undefined : String(meta.traceparent));
  add("schema", schemaVersion);
  const from = meta?._sourceClientId;
  add(
    "tab",
    `${way}${typeof from === "string" ? ` ${from}` : ""}${leaves ? "" : ", stays in this page"}`,
  );
  return facts;
}

function createCause(
  id: string,
  find: (id: string) => MessageEntry | undefined,
  open: (entry: MessageEntry) => void,
): HTMLElement {
  const cause = find(id);
  if (!cause) return create("span", { textContent: `${id}, not known here any more` });
  const link = create("button", {
    type: "button",
    className: "link mono",
    textContent: cause.message.topic,
    title: id,
  });
  link.addEventListener("click", () => open(cause));
  return link;
}
