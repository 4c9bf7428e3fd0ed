import type { Entry } from "../traffic/entry.js";
import { bytesOf, classOf, kindOf, read } from "./value-kind.js";

/** So many losses of one line are named, the others counted. */
const MAX_NAMED = 20;
/** What is nested deeper is left out. */
const MAX_DEPTH = 100;

/** Writes entries as NDJSON: one to a line, and in the line what JSON could not hold of it. */
export function toJsonLines(entries: readonly Entry[]): string {
  return entries.map((entry) => `${toLine(entry)}\n`).join("");
}

function toLine(entry: Entry): string {
  if (entry.kind === "note") {
    const { ts, title, text } = entry;
    return JSON.stringify({ note: title, ts, text });
  }
  const { message, way, leaves, receipts } = entry;
  const losses: string[] = [];
  const plain = {
    ...message,
    ...("payload" in message && { payload: toPlain(message.payload, "payload", losses, []) }),
    ...(message.meta && { meta: toPlain(message.meta, "meta", losses, []) }),
    way,
    leaves,
    receipts,
  };
  if (losses.length === 0) return JSON.stringify(plain);
  const more = losses.length - MAX_NAMED;
  const notInJson = losses.slice(0, MAX_NAMED);
  if (more > 0) notInJson.push(`and ${more} more`);
  return JSON.stringify({ ...plain, notInJson });
}

/**
 * Makes of a value what JSON can hold.
 *
 * @param losses - is told what is not the same afterwards
 * @param parents - the objects that it stands in
 */
function toPlain(
  value: unknown,
  path: string,
  losses: string[],
  parents: readonly object[],
): unknown {
  const lose = (what: string, instead: unknown): unknown => {
    losses.push(`${path}: ${what}`);
    return instead;
  };
  const kind = kindOf(value);
  switch (kind) {
    case "null":
    case "boolean":
    case "string":
      return value;
    case "number":
      if (!Number.isFinite(value)) return lose(`${value}, as null`, null);
      return Object.is(value, -0) ? lose("-0, as 0", 0) : value;
    case "undefined":
      return lose("undefined, as null", null);
    case "bigint":
      return lose("a bigint, as text", String(value));
    case "symbol":
    case "function":
      return lose(`a ${kind}, left out`, null);
    case "date":
      return lose("a Date, as text", String(toIso(value as Date)));
    case "regexp":
      return lose("a RegExp, as text", String(value));
    case "bytes":
      return lose(
        `${classOf(value as object) ?? "bytes"}, as its bytes`,
        bytesOf(value as ArrayBuffer),
      );
  }
  const object = value as object;
  if (parents.includes(object)) return lose("refers back to what it stands in, as null", null);
  if (parents.length >= MAX_DEPTH) return lose("nested too deep, as null", null);
  const within = [...parents, object];
  const inner = (each: unknown, key: string): unknown => toPlain(each, key, losses, within);
  switch (kind) {
    case "array":
      return Array.from(object as unknown[], (each, index) => inner(each, `${path}[${index}]`));
    case "map":
      losses.push(`${path}: a Map, as a list of its entries`);
      return Array.from(object as Map<unknown, unknown>, (pair, index) =>
        pair.map((each, side) => inner(each, `${path}[${index}][${side}]`)),
      );
    case "set":
      losses.push(`${path}: a Set, as a list`);
      return Array.from(object as Set<unknown>, (each, index) => inner(each, `${path}[${index}]`));
    case "error": {
      const { name, message } = object as Error;
      return lose("an Error, as its name and message", { name, message });
    }
  }
  const name = classOf(object);
  if (name) losses.push(`${path}: of the class ${name}, as a plain object`);
  return Object.fromEntries(
    Object.keys(object).map((key) => [key, inner(read(object, key), `${path}.${key}`)]),
  );
}

function toIso(date: Date): string {
  return Number.isNaN(date.getTime()) ? "Invalid Date" : date.toISOString();
}
