import type { AnyPage } from "./page-server.js";

/** A tab whose page is linked to other tabs. */
export abstract class LinkedTab<P extends AnyPage> {
  readonly page: P;
  id = "";

  constructor(page: P) {
    this.page = page;
  }

  async open(url: string): Promise<this> {
    await this.page.goto(url);
    return this.ready();
  }

  /** Waits until it is linked, and takes down its id. */
  abstract ready(): Promise<this>;
}
