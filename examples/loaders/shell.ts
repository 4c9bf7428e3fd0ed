// What a shell does: it mounts the catalog at once, and the cart when somebody asks for it.
import type { Inside, Microfrontend } from "./contract.js";

declare global {
  /** For the tests, by the name of the microfrontend. */
  var shop: { catalog?: Inside; cart?: Inside };
}

/** The page must have elements with these ids. */
export const find = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

export function startShell(catalog: Microfrontend, loadCart: () => Promise<Microfrontend>): void {
  globalThis.shop = { catalog: catalog.inside };
  catalog.mount(find("catalog"));

  let unmount = (): void => {};
  find("open").onclick = async () => {
    const cart = await loadCart();
    globalThis.shop.cart = cart.inside;
    unmount = cart.mount(find("cart"));
  };
  find("close").onclick = () => unmount();
}
