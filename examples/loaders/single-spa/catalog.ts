import { mount as mountCatalog } from "../catalog.js";
import { toLifeCycles } from "./life-cycles.js";

export { inside } from "../catalog.js";
export const { bootstrap, mount, unmount } = toLifeCycles("catalog", mountCatalog);
