import { bytesOf, classOf, kindOf, read } from "./value-kind.js";

const NAME = /^[A-Za-z_$][\w$]*$/;
/** What is nested deeper is left out. */
const MAX_DEPTH = 100;

/**
 * Writes a value as an expression of JavaScript that makes its like.
 *
 * @param losses - is told what of it the expression does not make
 */
export function toLiteral(value: unknown, path: string, losses: string[]): string {
  return write(value, path, losses, []);
}

function write(value: unknown, path: string, losses: string[], parents: readonly object[]): string {
  const lose = (what: string): string => {
    losses.push(`${path} ${what}`);
    return "undefined";
  };
  const kind = kindOf(value);
  switch (kind) {
    case "string":
      return quote(value as string);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "symbol":
    case "function":
      return lose(`is a ${kind}`);
    case "undefined":
    case "null":
    case "boolean":
      return String(value);
    case "date":
      return `new Date(${(value as Date).getTime()})`;
    case "regexp": {
      const { source, flags } = value as RegExp;
      return `new RegExp(${quote(source)}, ${quote(flags)})`;
    }
    case "bytes":
      return writeBytes(value as ArrayBuffer | ArrayBufferView);
  }
  const object = value as object;
  if (parents.includes(object)) return lose("refers back to what it stands in");
  if (parents.length >= MAX_DEPTH) return lose("is nested too deep");
  const within = [...parents, object];
  const indent = "  ".repeat(within.length);
  const list = (items: readonly string[], open: string, close: string): string => {
    const line = `${open}${items.join(", ")}${close}`;
    if (line.length <= 60 && !line.includes("\n")) return line;
    return `${open.trimEnd()}\n${items.map((item) => `${indent}${item},\n`).join("")}${indent.slice(2)}${close.trimStart()}`;
  };
  const inner = (each: unknown, key: string): string => write(each, key, losses, within);
  switch (kind) {
    case "array": {
      const items = Array.from(object as unknown[], (each, index) =>
        inner(each, `${path}[${index}]`),
      );
      return list(items, "[", "]");
    }
    case "map": {
      const pairs = Array.from(
        object as Map<unknown, unknown>,
        ([key, each], index) =>
          `[${inner(key, `key ${index} of ${path}`)}, ${inner(each, `value ${index} of ${path}`)}]`,
      );
      return `new Map(${list(pairs, "[", "]")})`;
    }
    case "set": {
      const members = Array.from(object as Set<unknown>, (each, index) =>
        inner(each, `member ${index} of ${path}`),
      );
      return `new Set(${list(members, "[", "]")})`;
    }
    case "error": {
      const { name, message } = object as Error;
      return `Object.assign(new Error(${quote(String(message))}), { name: ${quote(String(name))} })`;
    }
  }
  const name = classOf(object);
  if (name) losses.push(`${path} is of the class ${name}, and a plain object here`);
  const keys = Object.keys(object);
  if (keys.length === 0) return "{}";
  const fields = keys.map(
    (key) => `${writeKey(key)}: ${inner(read(object, key), `${path}.${key}`)}`,
  );
  return list(fields, "{ ", " }");
}

/** On one line, in the eyes of everybody who splits text into lines. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (each) =>
    each === "\u2028" ? "\\u2028" : "\\u2029",
  );
}

/** As a computed name `__proto__` is a property like others. */
function writeKey(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return NAME.test(key) ? key : quote(key);
}

function writeBytes(value: ArrayBuffer | ArrayBufferView): string {
  const bytes = `new Uint8Array([${bytesOf(value).join(", ")}])`;
  const name = Object.prototype.toString.call(value).slice(8, -1);
  if (name === "Uint8Array") return bytes;
  return name === "ArrayBuffer" ? `${bytes}.buffer` : `new ${name}(${bytes}.buffer)`;
}
