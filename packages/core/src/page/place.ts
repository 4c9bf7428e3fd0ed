/**
 * Returns where the copies of this page meet: the document of the topmost ancestor of this origin,
 * or the global of a worker. None on a server, where a process is no page.
 */
export function findPage(): object | undefined {
  if (typeof document !== "undefined") return topmostDocument();
  // Servers whose global is called a worker's have no location.
  return "WorkerGlobalScope" in globalThis && "location" in globalThis ? globalThis : undefined;
}

/** Also past an ancestor of another origin: what lies above it may be of this one again. */
function topmostDocument(): Document {
  let topmost = window.document;
  // A frame that was removed has no parent.
  for (let at: Window = window; at.parent && at.parent !== at; ) {
    at = at.parent;
    topmost = documentOf(at) ?? topmost;
  }
  return topmost;
}

/** The documents of this origin in the frames of a page, and in theirs. */
export function framedDocuments(page: object): Document[] {
  const { defaultView } = page as Partial<Document>;
  return defaultView ? Array.from(framesOf(defaultView)) : [];
}

function* framesOf(parent: Window): Generator<Document> {
  for (let n = 0; n < parent.length; n += 1) {
    const frame = parent[n] as Window;
    const framed = documentOf(frame);
    if (framed) yield framed;
    yield* framesOf(frame);
  }
}

/** Reading the document of another origin throws. */
function documentOf(window: Window): Document | undefined {
  try {
    return window.document;
  } catch {
    return undefined;
  }
}
