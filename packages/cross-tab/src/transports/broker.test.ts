import { MemoryLockStore } from "@pubsub-mfe/core/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { settlePorts } from "../testing/fake-shared-worker.js";
import { Broker, type FromBroker, type ToBroker } from "./broker.js";

/** A page's end of a port, with what the broker says. */
function connect(broker: Broker) {
  const { port1, port2 } = new MessageChannel();
  const heard: FromBroker[] = [];
  port1.onmessage = ({ data }) => heard.push(data);
  broker.connect(port2);
  onTestFinished(() => port1.close());
  return { heard, say: (said: ToBroker) => port1.postMessage(said) };
}

describe("Broker", () => {
  it("answers who joins, and passes on to the others of the channel what one says", async () => {
    const broker = new Broker(undefined);
    const [a, b, c] = [connect(broker), connect(broker), connect(broker)];
    a.say({ type: "join", channel: "x" });
    b.say({ type: "join", channel: "x" });
    c.say({ type: "join", channel: "y" });
    await settlePorts();

    a.say({ type: "data", data: 1 });
    await settlePorts();

    expect(a.heard).toEqual([{ type: "joined" }]);
    expect(b.heard).toEqual([{ type: "joined" }, { type: "data", data: 1 }]);
    expect(c.heard).toEqual([{ type: "joined" }]);
  });

  it("passes on the last words of one that has left, who hears no more", async () => {
    const broker = new Broker(undefined);
    const [a, b] = [connect(broker), connect(broker)];
    for (const port of [a, b]) port.say({ type: "join", channel: "x" });
    await settlePorts();
    a.say({ type: "leave" });
    a.say({ type: "data", data: "bye" });
    await settlePorts();
    b.say({ type: "data", data: "anybody?" });
    await settlePorts();

    expect(b.heard).toContainEqual({ type: "data", data: "bye" });
    expect(a.heard).toEqual([{ type: "joined" }]);
  });

  it("drops a port whose page is gone without a word, and holds a lock of its own", async () => {
    const store = new MemoryLockStore();
    const [pageOfA, worker] = [store.tab(), store.tab()];
    const broker = new Broker(worker as unknown as LockManager);
    const [a, b] = [connect(broker), connect(broker)];
    for (const port of [a, b]) port.say({ type: "join", channel: "x" });
    const held = pageOfA.request("of-a", {}, () => new Promise(() => {}));
    held.catch(() => {});
    a.say({ type: "lock", name: "of-a" });
    await settlePorts();
    b.say({ type: "data", data: 1 });
    await settlePorts();
    expect(a.heard).toContainEqual({ type: "data", data: 1 });
    const own = a.heard.find(({ type }) => type === "lock") as { name: string };
    expect((await worker.query()).held?.map(({ name }) => name)).toContain(own.name);

    pageOfA.close();
    await settlePorts();
    b.say({ type: "data", data: 2 });
    await settlePorts();

    expect(a.heard).not.toContainEqual({ type: "data", data: 2 });
  });
});
