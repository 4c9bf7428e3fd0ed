import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import GithubSlugger from "github-slugger";
import MarkdownIt from "markdown-it";

const parser = new MarkdownIt({ html: true });

type Token = ReturnType<MarkdownIt["parse"]>[number];

interface Link {
  readonly target: string;
  readonly line: number;
}

/**
 * Looks where the relative links of Markdown files lead: to files and folders that are there, and to
 * headings of them, as GitHub names their anchors.
 *
 * @param documents - paths of the files
 * @param root - what messages name them from
 * @returns one line for each link that leads nowhere
 */
export function findBrokenLinks(documents: readonly string[], root: string): string[] {
  const anchors = new Map<string, ReadonlySet<string>>();
  const anchorsOf = (path: string): ReadonlySet<string> => {
    const known = anchors.get(path) ?? readAnchors(path);
    anchors.set(path, known);
    return known;
  };

  /** Says what is wrong with a link of a document; nothing where it leads somewhere. */
  const problemOf = (document: string, target: string): string | undefined => {
    if (/^[a-z][a-z\d+.-]*:/i.test(target)) return undefined;
    if (target.startsWith("/")) return "is not relative";
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? document : join(dirname(document), decodeURIComponent(path));
    if (!existsSync(file)) return `there is no ${relative(root, file)}`;
    if (anchor === undefined || !file.endsWith(".md") || statSync(file).isDirectory()) {
      return undefined;
    }
    if (anchorsOf(file).has(decodeURIComponent(anchor))) return undefined;
    return `${relative(root, file)} has no heading of that name`;
  };

  return documents.flatMap((document) =>
    readLinks(document).flatMap(({ target, line }) => {
      const problem = problemOf(document, target);
      return problem ? [`${relative(root, document)}:${line}: ${target}: ${problem}`] : [];
    }),
  );
}

function readLinks(document: string): Link[] {
  let line = 1;
  return parse(document).flatMap(({ map, children }) => {
    // The cells of a table have no place of their own: theirs is that of the row.
    if (map) line = map[0] + 1;
    return (children ?? []).flatMap(({ attrs }) => {
      const target = attrs?.find(([name]) => name === "href" || name === "src")?.[1];
      return target === undefined ? [] : [{ target, line }];
    });
  });
}

function readAnchors(document: string): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  const tokens = parse(document);
  const headings = tokens.filter((_, n) => tokens[n - 1]?.type === "heading_open");
  return new Set(headings.map((heading) => slugger.slug(textOf(heading))));
}

function parse(document: string): Token[] {
  return parser.parse(readFileSync(document, "utf8"), {});
}

/** What is read of a heading, without what marks it up. */
function textOf({ children }: Token): string {
  return (children ?? []).map(({ content }) => content).join("");
}
