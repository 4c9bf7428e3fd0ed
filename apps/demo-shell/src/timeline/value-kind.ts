/** What a value is, for those who write it down. */
export type ValueKind =
  | "undefined"
  | "null"
  | "boolean"
  | "number"
  | "bigint"
  | "string"
  | "symbol"
  | "function"
  | "array"
  | "date"
  | "map"
  | "set"
  | "regexp"
  | "error"
  | "bytes"
  | "object";

const BY_TAG: Readonly<Record<string, ValueKind>> = {
  Date: "date",
  Map: "map",
  Set: "set",
  RegExp: "regexp",
  Error: "error",
  ArrayBuffer: "bytes",
};

/** Tells kinds apart by what they are, not by their class: a payload may come from another frame. */
export function kindOf(value: unknown): ValueKind {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (Array.isArray(value)) return "array";
  if (ArrayBuffer.isView(value)) return "bytes";
  return BY_TAG[Object.prototype.toString.call(value).slice(8, -1)] ?? "object";
}

/** The numbers in a buffer, or in a view of one. */
export function bytesOf(value: ArrayBuffer | ArrayBufferView): number[] {
  if (!ArrayBuffer.isView(value)) return [...new Uint8Array(value)];
  const { buffer, byteOffset, byteLength } = value;
  return [...new Uint8Array(buffer, byteOffset, byteLength)];
}

/** Reads a property; a getter that throws gives its error. */
export function read(object: object, key: string): unknown {
  try {
    return (object as Readonly<Record<string, unknown>>)[key];
  } catch (error) {
    return error;
  }
}

/** The name of the class of an object; `undefined` for plain ones. */
export function classOf(value: object): string | undefined {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== "Object" && name !== "" ? name : undefined;
}
