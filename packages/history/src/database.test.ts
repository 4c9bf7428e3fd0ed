import "fake-indexeddb/auto";
import { forceCloseDatabase } from "fake-indexeddb";
import { describe, expect, it } from "vitest";
import { payloads, turnEnd, World } from "./testing/world.js";

/** What a browser does that takes a database away, for example to clear the data of a site. */
function forceClose(db: IDBDatabase | undefined): void {
  forceCloseDatabase(db as never); // its type asks for the class instead of an instance
}

describe("a connection that the browser closes", () => {
  it("is opened again for the next message", async () => {
    const world = new World();
    const bus = world.createBus();
    const log = await world.attachedLog(bus);
    bus.publish("a", 1);
    await log.flush();

    forceClose(world.connections[0]);
    await turnEnd();
    bus.publish("a", 2);

    expect(payloads(await log.getHistory("a"))).toEqual([1, 2]);
    expect(world.connections).toHaveLength(2);
    expect(world.errors).toEqual([]);
  });

  it("leaves none open behind it when its end is told late", async () => {
    const world = new World();
    const bus = world.createBus();
    const log = await world.attachedLog(bus);
    const [first] = world.connections;
    first?.close();

    bus.publish("a", 1);
    await log.flush(); // over a second connection
    forceClose(first);
    await turnEnd();
    await log.detach();

    expect(world.connections).toHaveLength(2);
    expect(world.openConnections()).toBe(0);
  });
});
