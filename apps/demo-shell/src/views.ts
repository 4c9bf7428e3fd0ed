/** Shows one view of the control room at a time: the one that the address names, at first the first. */
export function connectViews(room: HTMLElement): void {
  const links = [...room.querySelectorAll<HTMLAnchorElement>("nav a")];
  const show = (hash: string): void => {
    // The address may name something else, such as the store.
    if (!links.some((link) => link.hash === hash)) return;
    for (const link of links) {
      const isShown = link.hash === hash;
      room.querySelector(link.hash)?.toggleAttribute("hidden", !isShown);
      if (isShown) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
  show(links[0]?.hash ?? "");
  show(location.hash);
  addEventListener("hashchange", () => show(location.hash));
}
