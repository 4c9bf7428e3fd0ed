import { create } from "../dom.js";

/** Hands text to the visitor as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" }));
  create("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
