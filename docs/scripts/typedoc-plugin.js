// Names modules as they are imported, and finds what a comment links to in another module.
import { Converter, ReflectionKind } from "typedoc";

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      module.name = `@pubsub-mfe/${module.name.replace("/src", "")}`;
    }
  });
  // TypeScript knows the names that a file imports; a comment may speak of others.
  app.converter.addUnknownSymbolResolver(({ symbolReference }, from, link) => {
    if (!link) return undefined;
    const [first, ...members] = symbolReference?.path?.map(({ path }) => path) ?? [];
    const namesakes = (from.project.children ?? [])
      .flatMap((module) => module.children ?? [])
      .filter(({ name }) => name === first);
    const targets = namesakes.map((found) => found.getChildByName(members));
    const target = members.length > 0 ? targets.find(Boolean) : namesakes[0];
    // Its type knows of addresses alone; what takes it handles reflections as well.
    return target && { target: /** @type {any} */ (target) };
  });
}
