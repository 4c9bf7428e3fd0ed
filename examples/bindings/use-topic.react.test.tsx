// @vitest-environment happy-dom
import { scope } from "@pubsub-mfe/core";
import { act, StrictMode, startTransition, useLayoutEffect } from "react";
import { createRoot, hydrateRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { beforeEach, describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import { createShopBus } from "./shop-topics.js";
import { useTopic } from "./use-topic.react.js";

let bus = createShopBus();
let cart = scope(bus, "cart");
let renderings = 0;
let onCommit = (): void => {};

function Price({ of }: { of: string }) {
  renderings += 1;
  return <p>{useTopic(bus, `price.${of}`)?.payload ?? "unknown"}</p>;
}

/** A layout effect comes before the subscription, which is a passive one. */
function Impatient() {
  useLayoutEffect(() => void bus.publish("price.eur", 5), []);
  return <Price of="eur" />;
}

/** Takes longer than the slice in which React renders, and a message comes meanwhile. */
function Busy() {
  if (bus.getStats().messageCount.published === 1) bus.publish("price.eur", 2);
  for (const end = performance.now() + 10; performance.now() < end; );
  return null;
}

function Pair({ busy }: { busy: boolean }) {
  useLayoutEffect(() => onCommit());
  return (
    <>
      <Price of="eur" />
      {busy && <Busy />}
      <Price of="eur" />
    </>
  );
}

function Added() {
  const message = useTopic(cart, "cart.item.added");
  expectTypeOf(message?.payload.sku).toEqualTypeOf<string | undefined>();
  return message?.payload.sku;
}

beforeEach(() => {
  bus = createShopBus();
  renderings = 0;
  onCommit = () => {};
  setActing(true);
  onTestFinished(() => setActing(undefined));
});

/** Whether React is to expect `act` around what happens. */
function setActing(acting: boolean | undefined): void {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: acting });
}

async function mount(node: React.ReactNode): Promise<{ element: Element; root: Root }> {
  const element = document.createElement("div");
  const root = createRoot(element);
  await act(() => root.render(node));
  return { element, root };
}

describe("useTopic in React", () => {
  it("shows what was said before the component was there, in its first rendering", async () => {
    bus.publish("price.eur", 1);
    bus.publish("price.eur", 2);

    const { element } = await mount(<Price of="eur" />);

    expect(element.textContent).toBe("2");
    expect(renderings).toBe(1);
  });

  it("renders once for the messages of a turn, and for no other topic's", async () => {
    const { element } = await mount(<Price of="eur" />);
    expect(element.textContent).toBe("unknown");

    await act(async () => {
      bus.publish("price.eur", 3);
      bus.publish("price.eur", 4);
    });
    await act(async () => bus.publish("price.usd", 5));

    expect(element.textContent).toBe("4");
    expect(renderings).toBe(2);
  });

  it("takes in what is said between its first rendering and its subscription", async () => {
    const { element } = await mount(<Impatient />);

    expect(element.textContent).toBe("5");
  });

  it("leaves no handler behind", async () => {
    const { root } = await mount(<Price of="eur" />);
    expect(bus.handlerCount("price.eur")).toBe(1);

    await act(() => root.unmount());

    expect(bus.handlerCount()).toBe(0);
  });

  it("has one handler in StrictMode, which mounts twice, and none afterwards", async () => {
    const { element, root } = await mount(
      <StrictMode>
        <Price of="eur" />
      </StrictMode>,
    );
    expect(bus.handlerCount()).toBe(1);
    await act(async () => bus.publish("price.eur", 6));
    expect(element.textContent).toBe("6");

    await act(() => root.unmount());

    expect(bus.handlerCount()).toBe(0);
  });

  it("follows another pattern, and shows nothing of the one before", async () => {
    bus.publish("price.eur", 7);
    bus.publish("price.usd", 8);
    const { element, root } = await mount(<Price of="eur" />);

    await act(() => root.render(<Price of="usd" />));
    expect(element.textContent).toBe("8");
    await act(() => root.render(<Price of="gbp" />));
    expect(element.textContent).toBe("unknown");

    expect(bus.getSubscriptions().map(({ pattern }) => pattern)).toEqual(["price.gbp"]);
  });

  it("shows one state in all components, though a message comes amid a transition", async () => {
    bus.publish("price.eur", 1);
    const { element, root } = await mount(<Pair busy={false} />);
    // Outside of act React renders in slices, and lets others run between them.
    setActing(false);

    const shown = await new Promise((resolve) => {
      onCommit = () => resolve(element.textContent);
      startTransition(() => root.render(<Pair busy={true} />));
    });

    expect(shown).toBe("22");
    setActing(true);
    await act(() => root.unmount());
    expect(bus.handlerCount()).toBe(0);
  });

  it("renders nothing of the bus on a server, and in the browser after hydration", async () => {
    bus.publish("price.eur", 9);
    const element = document.createElement("div");
    element.innerHTML = renderToString(<Price of="eur" />);
    expect(element.textContent).toBe("unknown");
    expect(bus.handlerCount()).toBe(0);

    const root = await act(async () => hydrateRoot(element, <Price of="eur" />));

    expect(element.textContent).toBe("9");
    await act(() => root.unmount());
  });

  it("ends with the scope that it is given", async () => {
    cart = scope(bus, "cart");
    const { element } = await mount(<Added />);
    await act(async () => bus.publish("cart.item.added", { sku: "A-1" }));
    expect(element.textContent).toBe("A-1");

    cart.dispose();

    expect(bus.handlerCount()).toBe(0);
  });
});
