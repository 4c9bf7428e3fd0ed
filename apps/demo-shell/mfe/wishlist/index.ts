import { joinPubSub } from "@pubsub-mfe/core";
import { APP, type Microfrontend } from "../../src/contract.js";

/** Of a team that has updated to a core which speaks another protocol: the page refuses it. */
export const mount: Microfrontend["mount"] = (element, { signal }) => {
  const copy = joinPubSub({ app: APP, name: "wishlist" });
  signal.addEventListener("abort", () => copy.dispose());
  element.textContent = "Nothing is wished for.";
};
