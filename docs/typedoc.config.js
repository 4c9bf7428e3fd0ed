import { fileURLToPath } from "node:url";
import { entries, packageNames } from "./scripts/entries.js";

/** @param {string} path */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** @type {Partial<import("typedoc").TypeDocOptions> & Record<string, unknown>} */
const config = {
  plugin: ["typedoc-plugin-markdown", here("./scripts/typedoc-plugin.js")],
  entryPoints: entries.map(({ source }) => source),
  tsconfig: here("./tsconfig.api.json"),
  out: here("./api"),
  readme: "none",
  disableSources: true,
  excludeInternal: true,
  excludeExternals: true,
  excludeProtected: true,
  packagesRequiringDocumentation: packageNames,
  // Fields such as `name` and `code` say it themselves.
  requiredToBeDocumented: [
    "Class",
    "Interface",
    "Function",
    "TypeAlias",
    "Variable",
    "Method",
    "Accessor",
  ],
  // Whatever is exported is documented, and each link leads somewhere.
  validation: { notExported: false, invalidLink: true, notDocumented: true },
  treatWarningsAsErrors: true,
  outputFileStrategy: "modules",
  entryFileName: "index",
  cleanOutputDir: true,
  // Its own numbering of headings of one name is not that of VitePress.
  useHTMLAnchors: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeDeclarationFormat: "table",
  enumMembersFormat: "table",
};

export default config;
