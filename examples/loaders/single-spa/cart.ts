import { mount as mountCart } from "../cart.js";
import { toLifeCycles } from "./life-cycles.js";

export { inside } from "../cart.js";
export const { bootstrap, mount, unmount } = toLifeCycles("cart", mountCart);
