// The root config: which application is active when. Each is a bundle of its own.
import { type LifeCycles, registerApplication, start } from "single-spa";
import type { Inside } from "../contract.js";

const load = async (name: "catalog" | "cart"): Promise<LifeCycles> => {
  const application: LifeCycles & { inside: Inside } = await import(`/${name}.js`);
  globalThis.shop = { ...globalThis.shop, [name]: application.inside };
  return application;
};

registerApplication({ name: "catalog", app: () => load("catalog"), activeWhen: "/" });
registerApplication({ name: "cart", app: () => load("cart"), activeWhen: "/#/cart" });
start();
