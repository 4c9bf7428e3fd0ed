// The host: the shell and the catalog. The cart is a remote, built and deployed apart.
import * as catalog from "../catalog.js";
import { startShell } from "../shell.js";

startShell(catalog, () => import("cart/microfrontend"));
