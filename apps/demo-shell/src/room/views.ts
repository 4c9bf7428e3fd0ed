/** A view of the control room, as the page has it: a link and a section. */
interface ViewLink {
  readonly link: HTMLAnchorElement;
  readonly id: string;
  readonly section: HTMLElement;
}

/** Shows one view of the control room at a time: the one that the address names, at first the first. */
export function connectViews(room: HTMLElement): void {
  const views = [...room.querySelectorAll<HTMLAnchorElement>("nav a")].map(
    (link): ViewLink => ({
      link,
      id: link.hash.slice(1),
      section: room.querySelector(link.hash) as HTMLElement,
    }),
  );
  const show = (id: string | undefined): void => {
    // The address may name something else, such as the store.
    if (!views.some((view) => view.id === id)) return;
    for (const view of views) {
      const isShown = view.id === id;
      view.section.hidden = !isShown;
      if (isShown) view.link.setAttribute("aria-current", "page");
      else view.link.removeAttribute("aria-current");
    }
  };
  show(views[0]?.id);
  show(addressed());
  addEventListener("hashchange", () => show(addressed()));
}

/** The view that the address names, before its parameters. */
function addressed(): string | undefined {
  return location.hash.slice(1).split("?")[0];
}

/** What the address says of a view, after its name: `#timeline?filter=cart.%23`. */
export function viewParameters(id: string): URLSearchParams {
  const [name, query] = location.hash.slice(1).split("?");
  return new URLSearchParams(name === id ? query : "");
}

/** Puts into the address what a view shows, so that it can be linked; leaves no entry behind in the history. */
export function setViewParameters(id: string, parameters: URLSearchParams): void {
  if (document.getElementById(id)?.hidden) return;
  const query = parameters.toString();
  history.replaceState(history.state, "", `#${id}${query && `?${query}`}`);
}
