import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.js";

describe("freePort", () => {
  const server = createServer();
  let taken: number;

  beforeEach(async () => {
    server.listen(0, "localhost");
    await once(server, "listening");
    taken = (server.address() as AddressInfo).port;
  });

  afterEach(async () => {
    server.close();
    await once(server, "close");
  });

  it("goes past a port that somebody listens on", async () => {
    expect(await freePort(taken)).toBeGreaterThan(taken);
  });

  it("takes any for 0", async () => {
    expect(await freePort(0)).toBeGreaterThan(0);
  });

  it.each([-1, 65_536, 1.5, Number.NaN])("refuses %s, which is no port", async (port) => {
    await expect(freePort(port)).rejects.toThrow(`PORT is ${port}`);
  });
});
