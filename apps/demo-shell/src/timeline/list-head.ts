import { create } from "../dom.js";

const COLUMNS = ["Time", "From", "Topic", "To", "Took", "Way"];

/** Creates the row of the names of the columns. */
export function createHead(): HTMLElement {
  const row = create("div", { className: "row head" });
  row.role = "row";
  row.ariaRowIndex = "1";
  for (const title of COLUMNS) {
    const cell = create("div", { className: title.toLowerCase(), textContent: title });
    cell.role = "columnheader";
    row.append(cell);
  }
  const group = create("div", {}, row);
  group.role = "rowgroup";
  return group;
}
