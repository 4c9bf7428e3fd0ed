import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Returns the first port from the wanted one on that nobody listens on.
 *
 * @param {number} wanted
 */
export async function freePort(wanted) {
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) {
    throw new RangeError(`PORT is ${wanted}: it must be a whole number from 0 to 65535.`);
  }
  for (let port = wanted; port <= 65535; port++) {
    const found = await tryPort(port);
    if (found !== undefined) return found;
  }
  throw new Error(`Every port from ${wanted} on is in use. Set PORT to a lower one.`);
}

/** @param {number} port 0 for any */
async function tryPort(port) {
  // Without a host: also a listener on only one of IPv4 and IPv6 counts as in use.
  const server = createServer().listen(port);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "EADDRINUSE" || code === "EACCES") return undefined;
    throw error;
  }
  const { port: found } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return found;
}
