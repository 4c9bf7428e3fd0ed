declare module "opossum" {
  export default class CircuitBreaker {
    constructor(
      action: () => Promise<unknown>,
      options: { readonly timeout: false; readonly resetTimeout: number },
    );
    fire(): Promise<unknown>;
  }
}
