import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestLink } from "../fixtures/links.js";
import { turnEnd } from "../fixtures/turn.js";
import { type CopyEvent, copies, createPubSub, joinPubSub, type PubSubBus } from "../index.js";
import { explain } from "../inspect.js";

const entry = new URL("/packages/core/src/index.ts", location.origin).href;
let app: string;
let own: PubSubBus[];
let frames: HTMLIFrameElement[];

/** What a frame offers: the package as it loaded it, in a realm and with modules of its own. */
interface FrameWindow extends Window {
  core: typeof import("../index.js");
}

/** Opens a frame of this origin that has loaded a copy of the package of its own. */
async function openFrame(): Promise<{ frame: HTMLIFrameElement; core: FrameWindow["core"] }> {
  const frame = document.createElement("iframe");
  const loaded = new Promise((resolve) => addEventListener("message", resolve, { once: true }));
  frame.srcdoc = `<script type="module">
    import * as core from ${JSON.stringify(entry)};
    window.core = core;
    parent.postMessage("loaded", "*");
  </script>`;
  document.body.append(frame);
  frames.push(frame);
  await loaded;
  return { frame, core: (frame.contentWindow as FrameWindow).core };
}

function join(name: string, config: object = {}): PubSubBus {
  const bus = joinPubSub({ app, name, ...config });
  own.push(bus);
  return bus;
}

function receivedBy(bus: PubSubBus, options: object = {}): unknown[] {
  const received: unknown[] = [];
  bus.subscribe("#", ({ payload }) => received.push(payload), options);
  return received;
}

beforeEach(() => {
  app = `app-${crypto.randomUUID()}`;
  own = [];
  frames = [];
});

afterEach(() => {
  for (const bus of own) bus.dispose();
  for (const frame of frames) frame.remove();
});

describe("joinPubSub over frames of one origin", () => {
  it("makes copies of several realms one bus, each handler once, in one order", async () => {
    const [first, second] = [await openFrame(), await openFrame()];
    expect(first.core.joinPubSub).not.toBe(joinPubSub);
    const buses = [
      join("top"),
      first.core.joinPubSub({ app, name: "first" }),
      second.core.joinPubSub({ app, name: "second" }),
    ];
    const received = buses.map((bus) => receivedBy(bus));

    for (let n = 0; n < 30; n += 1) buses[n % 3]?.publish("x", n);
    await turnEnd();

    const expected = Array.from({ length: 30 }, (_, n) => n);
    expect(received).toEqual([expected, expected, expected]);
    expect(copies(buses[0] as PubSubBus).map(({ name }) => name)).toEqual([
      "top",
      "first",
      "second",
    ]);
  });

  it("gives a frame that joins late what was retained", async () => {
    const top = join("top", { retention: { maxMessages: 10 } });
    top.publish("x", 1);
    const { core } = await openFrame();

    const late = core.joinPubSub({ app, name: "late" });

    expect(receivedBy(late, { replay: 5 })).toEqual([1]);
  });

  it("goes on without a frame that was removed, although it came first", async () => {
    const { frame, core } = await openFrame();
    const events: CopyEvent[] = [];
    const gone = receivedBy(core.joinPubSub({ app, name: "gone" }));
    const top = join("top", {
      onDiagnostic: (event: CopyEvent) => {
        if (event.type === "copy") events.push(event);
      },
    });
    const received = receivedBy(top);

    frame.remove();
    top.publish("x", 1);
    const other = (await openFrame()).core.joinPubSub({ app, name: "other" });
    other.publish("x", 2);
    await turnEnd();

    expect(received).toEqual([1, 2]);
    expect(gone).toEqual([]);
    expect(copies(top).map(({ name }) => name)).toEqual(["top", "other"]);
    expect(events).toMatchObject([
      { state: "left", name: "gone" },
      { state: "joined", name: "other" },
    ]);
  });

  it("lists and explains a frame no more once it was removed", async () => {
    const { frame, core } = await openFrame();
    core.joinPubSub({ app, name: "gone" }).subscribe("x", () => {});
    const top = join("top");
    const alone = createPubSub({ app });
    own.push(alone);
    expect(explain(alone, "x").reasons).toEqual([expect.stringContaining('"gone"')]);

    frame.remove();

    expect(explain(alone, "x").reasons).not.toContainEqual(expect.stringContaining('"gone"'));
    expect(copies(top).map(({ name }) => name)).toEqual(["top"]);
  });

  it("drops the copy of a frame that loads another page", async () => {
    const { frame, core } = await openFrame();
    core.joinPubSub({ app, name: "gone" });
    const top = join("top");
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));

    frame.srcdoc = "<p>another page</p>";
    await loaded;
    top.publish("x", 1);

    expect(copies(top).map(({ name }) => name)).toEqual(["top"]);
  });

  it("hands on the domain of a frame that was removed, before the next message leaves", async () => {
    const { frame, core } = await openFrame();
    const [first, second] = [new TestLink("origin:shop"), new TestLink("origin:shop")];
    core.joinPubSub({ app, name: "gone" }).connect(first);
    const top = join("top");
    const waiting = top.connect(second);
    expect(waiting.active).toBe(false);

    frame.remove();
    top.publish("x", 1);
    await turnEnd();

    expect(first.sent).toEqual([]);
    expect(second.sent.flat()).toMatchObject([{ payload: 1 }]);
    expect(waiting.active).toBe(true);
  });
});

describe("joinPubSub in a worker", () => {
  it("is a page of its own", async () => {
    join("top");
    const script = `
      import { joinPubSub, copies } from ${JSON.stringify(entry)};
      const bus = joinPubSub({ app: ${JSON.stringify(app)}, name: "worker" });
      bus.subscribe("x", ({ payload }) => postMessage([payload, copies(bus).length]));
      bus.publish("x", 1);`;
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module" });

    const answer = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    worker.terminate();
    URL.revokeObjectURL(url);

    expect(answer).toEqual([1, 1]);
  });
});
