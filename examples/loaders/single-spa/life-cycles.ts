import type { LifeCycles } from "single-spa";
import type { Microfrontend } from "../contract.js";
import { find } from "../shell.js";

/** A scope of the bus per mount: it is made by `mount`, and disposed by what that returns. */
export function toLifeCycles(id: string, mountInto: Microfrontend["mount"]): LifeCycles {
  let end = (): void => {};
  return {
    bootstrap: async () => {},
    mount: async () => {
      end = mountInto(find(id));
    },
    unmount: async () => end(),
  };
}
