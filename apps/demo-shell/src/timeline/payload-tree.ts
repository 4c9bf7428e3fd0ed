import { create } from "../dom.js";
import { bytesOf, classOf, kindOf, read } from "./value-kind.js";

/** So many children are shown at once; a button shows the next. */
const PAGE = 100;
/** Longer text is shown as its beginning, until the rest is asked for. */
const MAX_TEXT = 300;

/** What stands in a value: a name, such as the key, and what it names. */
type Child = readonly [name: string, value: unknown];

/**
 * Shows a value as a tree, of which a part is looked at only when it is opened: however large it is, and
 * also where it refers back to itself.
 */
export function createPayloadTree(value: unknown): HTMLElement {
  const tree = createNode("payload", value, []);
  if (tree instanceof HTMLDetailsElement) tree.open = true;
  return create("div", { className: "tree mono" }, tree);
}

function createNode(name: string, value: unknown, parents: readonly object[]): HTMLElement {
  const label = `${name}: `;
  if (typeof value === "object" && value !== null) {
    if (parents.includes(value)) {
      return create(
        "div",
        { className: "leaf" },
        label,
        muted("↻ refers back to what it stands in"),
      );
    }
    const children = childrenOf(value);
    if (children.count > 0) return createBranch(label, value, children, parents);
  }
  if (typeof value === "string" && value.length > MAX_TEXT) return createLongText(label, value);
  return create("div", { className: "leaf" }, label, summarize(value));
}

function createBranch(
  label: string,
  value: object,
  { at, count }: Children,
  parents: readonly object[],
): HTMLElement {
  const branch = create("details", {}, create("summary", {}, label, muted(summarize(value))));
  const within = [...parents, value];
  let shown = 0;
  const showMore = (): void => {
    const end = Math.min(count, shown + PAGE);
    const nodes: HTMLElement[] = [];
    for (; shown < end; shown++) {
      const [name, child] = at(shown);
      nodes.push(createNode(name, child, within));
    }
    if (shown < count) nodes.push(more);
    else more.remove();
    branch.append(...nodes);
    more.textContent = `Show ${Math.min(PAGE, count - shown)} more of ${count - shown}`;
  };
  const more = create("button", { type: "button", className: "link" });
  more.addEventListener("click", () => {
    // The focus goes on with what the button brought.
    const last = more.previousElementSibling;
    showMore();
    if (more.isConnected) more.focus();
    else
      (
        last?.nextElementSibling?.querySelector("summary") ?? branch.querySelector("summary")
      )?.focus();
  });
  branch.addEventListener("toggle", () => {
    if (branch.open && shown === 0) showMore();
  });
  return branch;
}

function createLongText(label: string, text: string): HTMLElement {
  const rest = create("button", {
    type: "button",
    className: "link",
    textContent: `Show ${text.length - MAX_TEXT} more characters`,
  });
  const start = create("span", {
    textContent: `${JSON.stringify(text.slice(0, MAX_TEXT)).slice(0, -1)}…`,
  });
  rest.addEventListener("click", () => {
    start.textContent = JSON.stringify(text);
    rest.remove();
  });
  return create("div", { className: "leaf" }, label, start, rest);
}

interface Children {
  readonly count: number;
  at(index: number): Child;
}

function childrenOf(value: object): Children {
  switch (kindOf(value)) {
    case "array": {
      const array = value as readonly unknown[];
      return { count: array.length, at: (index) => [String(index), array[index]] };
    }
    case "map": {
      const pairs = [...(value as Map<unknown, unknown>)];
      return {
        count: pairs.length,
        at: (index) => {
          const [key, each] = pairs[index] as [unknown, unknown];
          return [summarize(key), each];
        },
      };
    }
    case "set": {
      const members = [...(value as Set<unknown>)];
      return { count: members.length, at: (index) => [String(index), members[index]] };
    }
    case "bytes": {
      const bytes = bytesOf(value as ArrayBuffer);
      return { count: bytes.length, at: (index) => [String(index), bytes[index]] };
    }
    case "date":
    case "regexp":
    case "error":
      return { count: 0, at: () => ["", undefined] };
    default: {
      const keys = Object.keys(value);
      return {
        count: keys.length,
        at: (index) => {
          const key = keys[index] as string;
          return [JSON.stringify(key), read(value, key)];
        },
      };
    }
  }
}

/** Says in a few words what a value is. */
function summarize(value: unknown): string {
  const kind = kindOf(value);
  switch (kind) {
    case "string": {
      const text = value as string;
      return text.length > MAX_TEXT
        ? `${JSON.stringify(text.slice(0, MAX_TEXT)).slice(0, -1)}…`
        : JSON.stringify(text);
    }
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "function":
      return "a function";
    case "date": {
      const date = value as Date;
      return Number.isNaN(date.getTime()) ? "Invalid Date" : `Date ${date.toISOString()}`;
    }
    case "error": {
      const { name, message } = value as Error;
      return `${name}: ${message}`;
    }
    case "array":
      return `Array (${(value as unknown[]).length})`;
    case "map":
    case "set":
      return `${kind === "map" ? "Map" : "Set"} (${(value as Set<unknown>).size})`;
    case "bytes":
      return `${classOf(value as object) ?? "bytes"} (${(value as ArrayBuffer).byteLength} bytes)`;
    case "object": {
      const keys = Object.keys(value as object).length;
      return `${classOf(value as object) ?? "Object"} (${keys})`;
    }
    default:
      return String(value);
  }
}

function muted(textContent: string): HTMLElement {
  return create("span", { className: "muted", textContent });
}
