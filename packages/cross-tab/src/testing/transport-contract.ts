import { describe, expect, it, onTestFinished } from "vitest";
import type { Transport } from "../index.js";
import { linkBus, nextMessage, payloads, turnEnd } from "./tabs.js";

/** A page with a transport of its own. */
export interface TransportTab {
  readonly transport: Transport;
  /** Says that the page goes into the back/forward cache, and that it comes back. */
  hide(): void;
  show(): void;
}

/** What is tested. */
export interface TransportSubject {
  readonly type: string;
  /** What arrives as itself. */
  readonly carries: "structured clones" | "JSON";
  /** Whether tabs are pages of their own; when not, all hide together. */
  readonly hasPages: boolean;
  openTab(channelName: string): Promise<TransportTab>;
}

/** A tab, and what it heard. */
type Ear = TransportTab & { readonly heard: unknown[]; until(last: unknown): Promise<void> };

const exact = {
  text: "\ud83d\ude00 \ud83d",
  n: 0.1,
  none: null,
  list: [[], {}],
  deep: { is: [true] },
};

const cloneable: readonly unknown[] = [
  new Map([["a", new Set([1])]]),
  new Date(86_400_000),
  2n ** 70n,
  new Uint8Array([1, 2, 255]),
  undefined,
  Number.NaN,
  -0,
  new RangeError("no"),
  Object.assign(Array(2), { 1: "x" }),
];

/** What every transport does; each test has a channel of its own. */
export function testTransport({ type, carries, hasPages, openTab }: TransportSubject): void {
  async function openEars(count: number, channelName: string = crypto.randomUUID()) {
    const ears: Ear[] = [];
    for (let n = 0; n < count; n += 1) ears.push(listen(await openTab(channelName)));
    const [first] = ears as [Ear];
    for (const ear of ears.slice(1)) {
      await connect(first, ear);
      await connect(ear, first);
    }
    return ears as [Ear, Ear, Ear, Ear];
  }

  describe(`the transport ${type}`, () => {
    it("says its type, and that it is available until it is closed", async () => {
      const { transport } = await openTab(crypto.randomUUID());

      expect([transport.type, transport.isAvailable()]).toEqual([type, true]);
      transport.close();
      transport.close();
      expect(transport.isAvailable()).toBe(false);
    });

    it("delivers to all others in order, and not to itself", async () => {
      const [a, b, c] = await openEars(3);
      const numbers = Array.from({ length: 200 }, (_, n) => n);

      for (const n of numbers) a.transport.send(n);
      await Promise.all([b.until(199), c.until(199)]);
      b.transport.send("end");
      await Promise.all([a.until("end"), c.until("end")]);

      expect(a.heard).toEqual(["end"]);
      expect(b.heard).toEqual(numbers);
      expect(c.heard).toEqual([...numbers, "end"]);
    });

    it("delivers what was there when it was sent", async () => {
      const [a, b] = await openEars(2);
      const data = { list: [1] };

      a.transport.send(data);
      data.list.push(2);
      a.transport.send("end");
      await b.until("end");

      expect(b.heard).toEqual([{ list: [1] }, "end"]);
    });

    it("carries what JSON holds, also much of it", async () => {
      const [a, b] = await openEars(2);
      const long = "\ud83d\ude00".repeat(100_000);

      for (const data of [exact, `x${long}`, long, "end"]) a.transport.send(data);
      await b.until("end");

      expect(b.heard[0]).toEqual(exact);
      expect(b.heard.slice(1, 3).map((text) => (text as string).length)).toEqual([
        200_001, 200_000,
      ]);
      expect([b.heard[1] === `x${long}`, b.heard[2] === long]).toEqual([true, true]);
    });

    it(`${carries === "JSON" ? "refuses" : "carries"} what structured clones keep and JSON does not`, async () => {
      const [a, b] = await openEars(2);

      const failures = cloneable.map((value) =>
        attempt(() => a.transport.send({ inside: [value] })),
      );
      a.transport.send("end");
      await b.until("end");

      if (carries === "JSON") {
        const message = expect.stringMatching(/^inside\.0 is not what JSON holds exactly/);
        expect(failures).toMatchObject(cloneable.map(() => ({ name: "DataCloneError", message })));
        expect(b.heard).toEqual(["end"]);
      } else {
        expect(failures).toEqual(cloneable.map(() => undefined));
        expect(b.heard).toStrictEqual([...cloneable.map((value) => ({ inside: [value] })), "end"]);
      }
    });

    it("throws for what cannot be cloned, and goes on", async () => {
      const [a, b] = await openEars(2);

      const failure = attempt(() => a.transport.send({ fn: () => {} }));
      a.transport.send("end");
      await b.until("end");

      expect(failure).toMatchObject({ name: "DataCloneError" });
      expect(b.heard).toEqual(["end"]);
    });

    it("leaves out a listener that unsubscribed, and no other one", async () => {
      const [a, b] = await openEars(2);
      const other: unknown[] = [];
      const unsubscribe = b.transport.onMessage((data) => {
        // Some may still be on their way from when the two were connected.
        if (data !== KNOCK) other.push(data);
      });

      a.transport.send(1);
      await b.until(1);
      unsubscribe();
      unsubscribe();
      a.transport.send("end");
      await b.until("end");

      expect(other).toEqual([1]);
      expect(b.heard).toEqual([1, "end"]);
    });

    it("is neither heard nor hears after it was closed", async () => {
      const [a, b, c] = await openEars(3);

      b.transport.send("last words");
      b.transport.close();
      b.transport.send("too late");
      await Promise.all([a.until("last words"), c.until("last words")]);
      a.transport.send("end");
      await c.until("end");
      c.transport.send("end");
      await a.until("end");

      expect(a.heard).toEqual(["last words", "end"]);
      expect(b.heard).toEqual([]);
      expect(c.heard).toEqual(["last words", "end"]);
    });

    it("keeps channels apart, also where one name begins with another", async () => {
      const name = crypto.randomUUID();
      const [a, b] = await openEars(2, name);
      const [c, d] = await openEars(2, `${name}:x`);

      a.transport.send("here");
      c.transport.send("there");
      await Promise.all([b.until("here"), d.until("there")]);

      expect([b.heard, d.heard]).toEqual([["here"], ["there"]]);
    });

    it("hears nothing while its page is hidden, and hears again when that is shown", async () => {
      const [a, b, c] = await openEars(3);

      a.hide();
      for (const data of ["missed", "next"]) b.transport.send(data);
      // Once another page has heard the second, all have been offered the first.
      await (hasPages ? c.until("next") : turnEnd());
      a.show();
      await connect(b, a);
      b.transport.send("end");
      await a.until("end");

      expect(a.heard).not.toContain("missed");
    });

    it.runIf(hasPages)("sends while its page hides", async () => {
      const [a, b] = await openEars(2);

      a.hide();
      a.transport.send("last words");
      await b.until("last words");

      expect(b.heard).toEqual(["last words"]);
    });

    it("stays closed when its page is shown again", async () => {
      const [a, b, c] = await openEars(3);

      a.transport.close();
      a.hide();
      a.show();
      await connect(b, c);
      b.transport.send("end");
      await c.until("end");

      expect(a.heard).toEqual([]);
    });

    it("links two buses, in order, with a repair of what was lost", async () => {
      const channelName = crypto.randomUUID();
      const [one, other] = await openEars(2, channelName);
      const a = await linkBus({ channelName, transport: losing(one.transport, 2) });
      const b = await linkBus({ channelName, transport: other.transport });
      const ends = [nextMessage(a.bus, "b.end"), nextMessage(b.bus, "a.end")];

      for (const n of [1, 2, 3, 4]) {
        a.bus.publish("a", n);
        b.bus.publish("b", n);
        await Promise.resolve();
      }
      if (carries === "JSON") a.bus.publish("a", { bad: new Map() });
      a.bus.publish("a.end", 5);
      b.bus.publish("b.end", 5);
      await Promise.all(ends);

      const of = (tab: typeof a, topic: string) =>
        payloads(tab.received.filter((message) => message.topic.startsWith(topic)));
      expect(of(b, "a")).toEqual([1, 2, 3, 4, 5]);
      expect(of(a, "b")).toEqual([1, 2, 3, 4, 5]);
      expect(b.adapter.getStats()).toMatchObject({ messagesRepaired: 1, gaps: 0 });
      expect(b.errors).toEqual([]);
      expect(a.errors).toMatchObject(
        carries === "JSON"
          ? [{ code: "MESSAGE_NOT_CLONEABLE", topic: "a", field: "payload.bad" }]
          : [],
      );
    });
  });
}

/** What a tab sends to find out whether another one hears it already. */
const KNOCK = "knock";

function listen(tab: TransportTab): Ear {
  const heard: unknown[] = [];
  const waits = new Set<() => void>();
  tab.transport.onMessage((data) => {
    // A copy, which is of this realm as what it is compared with.
    if (data !== KNOCK) heard.push(structuredClone(data));
    for (const wait of waits) wait();
  });
  onTestFinished(() => tab.transport.close());
  const until = (last: unknown) =>
    new Promise<void>((resolve) => {
      const look = () => heard.includes(last) && resolve();
      waits.add(look);
      look();
    });
  return { ...tab, heard, until };
}

/** Knocks until one tab hears the other: a worker takes a while to start. */
function connect({ transport }: Ear, to: Ear): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => transport.send(KNOCK), 10);
    const stop = to.transport.onMessage((data) => {
      if (data !== KNOCK) return;
      clearInterval(timer);
      stop();
      resolve();
    });
    transport.send(KNOCK);
  });
}

/** Loses one post of messages, by the number of its first one. */
function losing(transport: Transport, lost: number): Transport {
  return {
    send: (data) => {
      const { kind, from, to } = data as { kind?: string; from?: number; to?: string };
      if (kind !== "messages" || from !== lost || to !== undefined) transport.send(data);
    },
    onMessage: (listener) => transport.onMessage(listener),
    close: () => transport.close(),
    isAvailable: () => true,
    refuse: (message) => transport.refuse?.(message),
  };
}

function attempt(fn: () => void): unknown {
  try {
    fn();
    return undefined;
  } catch (error) {
    return error;
  }
}
