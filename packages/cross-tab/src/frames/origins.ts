import { CrossTabError } from "../errors.js";

/**
 * Checks that a value is exactly one origin, as the browser writes it.
 *
 * @throws {@link CrossTabError} `CROSS_TAB_MISUSED`
 */
export function checkOrigin(subject: string, value: unknown): asserts value is string {
  const parsed = typeof value === "string" ? parse(value) : undefined;
  if (parsed && parsed.origin === value && value !== "null") return;
  throw new CrossTabError(
    "CROSS_TAB_MISUSED",
    `${subject} is ${show(value)}: ${rule(value, parsed)}`,
  );
}

function rule(value: unknown, parsed: URL | undefined): string {
  if (value === "*") {
    return "that is every origin, and whoever navigates the frame would be connected. Name the origin, such as https://pay.example.";
  }
  if (value === "null") {
    return 'that is the origin of every sandboxed frame, file and data URL alike, so it names none. Serve the frame from an origin, and sandbox it with "allow-same-origin".';
  }
  return parsed && parsed.origin !== "null"
    ? `write the origin alone, ${parsed.origin}.`
    : "it must be an origin, such as https://pay.example.";
}

function parse(value: string): URL | undefined {
  try {
    return new URL(value);
  } catch {
    return undefined;
  }
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
