declare module "cart/microfrontend" {
  export const mount: typeof import("../cart.js").mount;
  export const inside: typeof import("../cart.js").inside;
}
