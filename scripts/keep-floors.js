// The end of `pnpm release`.
import { keepFloors } from "./floors.js";

keepFloors();
