import type { Plugin } from "vite";

/** What a copy of core says of itself. */
interface BuiltAs {
  readonly version: string;
  readonly protocolMajor?: number;
}

/**
 * Teams update when they like, so that a page has copies of several versions. Here all are built from
 * the same source, and only say that they are others: what their versions were does not matter to
 * them, and what their protocol is does.
 */
const BUILT_AS: Readonly<Record<string, BuiltAs>> = {
  catalog: { version: "1.1.0" },
  cart: { version: "1.3.0" },
  inventory: { version: "1.0.4" },
  analytics: { version: "1.1.0" },
  reviews: { version: "1.0.4" },
  wishlist: { version: "2.0.0", protocolMajor: 2 },
};

/** Has a microfrontend's copy of core say that it is of another version, and speaks another protocol. */
export function builtAs(name: string): Plugin {
  const { version, protocolMajor = 1 } = BUILT_AS[name] ?? {};
  const edits = [
    { find: /\bconst VERSION = "[^"]*"/, put: `const VERSION = ${JSON.stringify(version)}` },
    { find: /\bconst PROTOCOL = \{ major: \d+/, put: `const PROTOCOL = { major: ${protocolMajor}` },
  ];
  const left = new Set(edits);
  return {
    name: "built-as",
    apply: "build",
    buildStart() {
      if (!version) this.error(`"${name}" has no version in mfe/built-as.ts. Give it one.`);
    },
    transform(code, id) {
      if (!id.includes("/core/dist/")) return undefined;
      let edited = code;
      for (const edit of edits) {
        if (!edit.find.test(edited)) continue;
        edited = edited.replace(edit.find, edit.put);
        left.delete(edit);
      }
      return edited === code ? undefined : { code: edited, map: null };
    },
    buildEnd(error) {
      if (error || left.size === 0) return;
      const missing = [...left].map(({ find }) => find.source).join(" and ");
      this.error(`The build of core holds no ${missing}. Have mfe/built-as.ts find what is there.`);
    },
  };
}
