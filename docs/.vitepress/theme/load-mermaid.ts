import address from "@mermaid-js/tiny/dist/mermaid.tiny.js?url";

/** What is used of Mermaid, whose package for browsers has no types. */
interface Mermaid {
  initialize(config: object): void;
  render(id: string, text: string): Promise<{ svg: string }>;
}

let loading: Promise<Mermaid> | undefined;

/** Loads Mermaid, once: it is a classic script that leaves a global. */
export function loadMermaid(): Promise<Mermaid> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve((globalThis as unknown as { mermaid: Mermaid }).mermaid);
    script.onerror = () => {
      loading = undefined;
      reject(new Error(`${address} cannot be loaded.`));
    };
    document.head.append(script);
  });
  return loading;
}
