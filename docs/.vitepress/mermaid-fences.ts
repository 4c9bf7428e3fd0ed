import type { MarkdownOptions } from "vitepress";

/** Hands the diagrams of a page to the component that draws them. */
export const mermaidFences: NonNullable<MarkdownOptions["config"]> = (markdown) => {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const token = tokens[index];
    if (token?.info.trim() === "mermaid") {
      return `<MermaidDiagram source="${encodeURIComponent(token.content)}" />`;
    }
    return fence?.(tokens, index, ...rest) ?? "";
  };
};
